/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cells as text.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "out-cells.h"
#include "util.h"

static char *cell_join_texts(const struct cell *cell)
{
	char *text = format("%s", cell->n ? cell->v[0] : "");

	for (size_t i = 1; i < cell->n; i++) {
		char *longer = format("%s,%s", text, cell->v[i]);

		free(text);
		text = longer;
	}
	return text;
}

/* "tcp-22 22416 22, web 8080 80": of each object what a table would show. */
static char *cell_join_rows(const struct out *rows)
{
	char *text = format("%s", "");
	const char *gap = "";

	for (size_t i = 0; i < rows->n_cells; i++) {
		char *one FREE = cell_plain(&rows->cells[i]), *longer;

		if (i && i % rows->n_columns == 0)
			gap = ", ";
		if (!rows->columns[i % rows->n_columns].head || !*one)
			continue;
		longer = format("%s%s%s", text, gap, one);
		free(text);
		text = longer;
		gap = " ";
	}
	return text;
}

char *cell_plain(const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_TEXT:
	case CELL_TIME: return must(strdup(cell->text));
	case CELL_BOOL: return must(strdup(cell->number ? "yes" : "no"));
	case CELL_NUMBER:
	case CELL_BYTES: return format("%" PRIu64, cell->number);
	case CELL_TEXTS: return cell_join_texts(cell);
	case CELL_ROWS: return cell_join_rows(cell->rows);
	default: return must(strdup(""));
	}
}

char *cell_show(const struct cell *cell)
{
	char text[32];

	if (cell->kind == CELL_BYTES) {
		format_bytes(text, cell->number);
		return must(strdup(text));
	}
	char *plain = cell_plain(cell);

	if (*plain)
		return plain;
	free(plain);
	return must(strdup("-"));
}

char *format_age(uint64_t ms)
{
	int64_t now = (int64_t)time(NULL), s = now - (int64_t)(ms / 1000);
	const int64_t minute = 60, hour = 60 * minute, day = 24 * hour, year = 365 * day;

	s = s < 0 ? 0 : s;
	if (s < minute)
		return format("%" PRIi64 "s", s);
	if (s < hour)
		return format("%" PRIi64 "m", s / minute);
	if (s < 2 * day)
		return format("%" PRIi64 "h", s / hour);
	if (s < 2 * year)
		return format("%" PRIi64 "d", s / day);
	return format("%" PRIi64 "y", s / year);
}

char *cell_narrow(const struct cell *cell, size_t id_length)
{
	if (cell->brief)
		return must(strdup(cell->brief));
	if (cell->kind == CELL_TIME)
		return format_age(cell->number);
	if (cell->kind == CELL_TEXT && cell->is_id)
		return must(strndup(cell->text, id_length));
	return cell_show(cell);
}

static int ids_compare(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static size_t texts_measure_same(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

size_t out_measure_ids(const struct out *out)
{
	const char **ids FREE = must(calloc(out->n_cells + 1, sizeof(*ids)));
	size_t n = 0, length = 8;

	for (size_t i = 0; i < out->n_cells; i++)
		if (out->cells[i].kind == CELL_TEXT && out->cells[i].is_id)
			ids[n++] = out->cells[i].text;
	qsort(ids, n, sizeof(*ids), ids_compare);
	for (size_t i = 1; i < n; i++) {
		size_t same = texts_measure_same(ids[i - 1], ids[i]);

		if (ids[i][same] && same >= length)
			length = same + 1;
	}
	/* None ends with a dash. */
	return length == 9 || length == 14 || length == 19 || length == 24 ? length + 1 : length;
}
