/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cells as text.
 */
#include <inttypes.h>
#include <stdlib.h>

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
