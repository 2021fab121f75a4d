/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows as text: a list as a table with heads or as TSV without; one object as lines of key and
 * value.
 */
#include <stdlib.h>

#include "out-cells.h"
#include "text.h"
#include "util.h"

static const struct cell *cell_at(const struct out *out, size_t row, size_t column)
{
	return &out->cells[row * out->n_columns + column];
}

static bool is_number(const struct cell *cell)
{
	return cell->kind == CELL_NUMBER || cell->kind == CELL_BYTES;
}

static size_t column_width(const struct out *out, size_t column)
{
	size_t width = text_width(out->columns[column].head);

	for (size_t row = 0; row < out_rows(out); row++) {
		char *text FREE = cell_show(cell_at(out, row, column));
		size_t w = text_width(text);

		width = w > width ? w : width;
	}
	return width;
}

static void pad(FILE *to, size_t n)
{
	while (n--)
		fputc(' ', to);
}

/* Writes one cell of a table; nothing follows the last one of a line. */
static void write_padded(FILE *to, const char *text, size_t width, bool right, bool last)
{
	size_t space = width - text_width(text);

	if (right)
		pad(to, space);
	text_show(to, text);
	if (!last)
		pad(to, right ? 2 : space + 2);
}

static size_t last_shown(const struct out *out)
{
	size_t last = 0;

	for (size_t i = 0; i < out->n_columns; i++)
		last = out->columns[i].head ? i : last;
	return last;
}

static void write_list(const struct out *out, FILE *to)
{
	size_t *widths FREE = must(calloc(out->n_columns, sizeof(*widths)));
	size_t n = out_rows(out), last = last_shown(out);

	for (size_t i = 0; i <= last; i++) {
		const char *head = out->columns[i].head;

		if (!head)
			continue;
		widths[i] = column_width(out, i);
		write_padded(to, head, widths[i], n && is_number(cell_at(out, 0, i)), i == last);
	}
	fputc('\n', to);
	for (size_t row = 0; row < n; row++) {
		for (size_t i = 0; i <= last; i++) {
			if (!out->columns[i].head)
				continue;
			char *text FREE = cell_show(cell_at(out, row, i));

			write_padded(to, text, widths[i], is_number(cell_at(out, row, i)),
				     i == last);
		}
		fputc('\n', to);
	}
}

/* Calls `line` for each key and value of an object, "extra.key" for those inside a cell. */
static void each_value(const struct out *out, FILE *to, size_t width,
		       void (*line)(FILE *to, size_t width, const char *key,
				    const struct cell *cell))
{
	for (size_t i = 0; i < out->n_columns; i++) {
		const struct cell *cell = cell_at(out, 0, i);

		if (cell->kind != CELL_PAIRS) {
			line(to, width, out->columns[i].key, cell);
			continue;
		}
		for (size_t k = 0; k < cell->n; k += 2) {
			char *key FREE = format("%s.%s", out->columns[i].key, cell->v[k]);

			line(to, width, key,
			     &(struct cell){.kind = CELL_TEXT, .text = cell->v[k + 1]});
		}
	}
}

static void write_line(FILE *to, size_t width, const char *key, const struct cell *cell)
{
	char *text FREE = cell_show(cell);

	write_padded(to, key, width, false, false);
	text_show(to, text);
	fputc('\n', to);
}

static void write_tsv_line(FILE *to, size_t width, const char *key, const struct cell *cell)
{
	char *text FREE = cell_plain(cell);

	(void)width;
	text_tsv(to, key);
	fputc('\t', to);
	text_tsv(to, text);
	fputc('\n', to);
}

static size_t key_width(const struct out *out)
{
	size_t width = 0;

	for (size_t i = 0; i < out->n_columns; i++) {
		const struct cell *cell = cell_at(out, 0, i);
		size_t w = text_width(out->columns[i].key), inner = 0;

		for (size_t k = 0; cell->kind == CELL_PAIRS && k < cell->n; k += 2) {
			size_t wk = text_width(cell->v[k]) + 1;

			inner = wk > inner ? wk : inner;
		}
		width = w + inner > width ? w + inner : width;
	}
	return width;
}

void out_write_table(const struct out *out, FILE *to)
{
	if (out->is_object)
		each_value(out, to, key_width(out), write_line);
	else
		write_list(out, to);
}

void out_write_tsv(const struct out *out, FILE *to)
{
	if (out->is_object) {
		each_value(out, to, 0, write_tsv_line);
		return;
	}
	for (size_t row = 0; row < out_rows(out); row++) {
		bool first = true;

		for (size_t i = 0; i < out->n_columns; i++) {
			if (!out->columns[i].head)
				continue;
			char *text FREE = cell_plain(cell_at(out, row, i));

			fputs(first ? "" : "\t", to);
			text_tsv(to, text);
			first = false;
		}
		fputc('\n', to);
	}
}
