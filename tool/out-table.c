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

static const struct cell *out_find_cell(const struct out *out, size_t row, size_t column)
{
	return &out->cells[row * out->n_columns + column];
}

static bool cell_is_number(const struct cell *cell)
{
	return cell->kind == CELL_NUMBER || cell->kind == CELL_BYTES;
}

static size_t column_measure_width(const struct out *out, size_t column)
{
	size_t width = out->no_heads ? 0 : text_width(out->columns[column].head);

	for (size_t row = 0; row < out_rows(out); row++) {
		char *text FREE = cell_show(out_find_cell(out, row, column));
		size_t w = text_width(text);

		width = w > width ? w : width;
	}
	return width;
}

static void table_write_spaces(FILE *to, size_t n)
{
	while (n--)
		fputc(' ', to);
}

/* Writes one cell of a table; nothing follows the last one of a line. */
static void table_write_padded(FILE *to, const char *text, size_t width, bool right, bool last)
{
	size_t space = width - text_width(text);

	if (right)
		table_write_spaces(to, space);
	text_show(to, text);
	if (!last)
		table_write_spaces(to, right ? 2 : space + 2);
}

static size_t table_find_last_shown(const struct out *out)
{
	size_t last = 0;

	for (size_t i = 0; i < out->n_columns; i++)
		last = out->columns[i].head ? i : last;
	return last;
}

static void table_write_heads(const struct out *out, const size_t *widths, size_t last, FILE *to)
{
	for (size_t i = 0; i <= last; i++)
		if (out->columns[i].head)
			table_write_padded(to, out->columns[i].head, widths[i],
					   out_rows(out) &&
						   cell_is_number(out_find_cell(out, 0, i)),
					   i == last);
	fputc('\n', to);
}

static void table_write_list(const struct out *out, FILE *to)
{
	size_t *widths FREE = must(calloc(out->n_columns, sizeof(*widths)));
	size_t n = out_rows(out), last = table_find_last_shown(out);

	for (size_t i = 0; i <= last; i++)
		if (out->columns[i].head)
			widths[i] = column_measure_width(out, i);
	if (!out->no_heads)
		table_write_heads(out, widths, last, to);
	for (size_t row = 0; row < n; row++) {
		for (size_t i = 0; i <= last; i++) {
			if (!out->columns[i].head)
				continue;
			char *text FREE = cell_show(out_find_cell(out, row, i));

			table_write_padded(to, text, widths[i],
					   cell_is_number(out_find_cell(out, row, i)), i == last);
		}
		fputc('\n', to);
	}
}

/* Calls `line` for each key and value of an object, "extra.key" for those inside a cell. */
static void object_each_value(const struct out *out, FILE *to, size_t width,
			      void (*line)(FILE *to, size_t width, const char *key,
					   const struct cell *cell))
{
	for (size_t i = 0; i < out->n_columns; i++) {
		const struct cell *cell = out_find_cell(out, 0, i);

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

static void table_write_line(FILE *to, size_t width, const char *key, const struct cell *cell)
{
	char *text FREE = cell_show(cell);

	table_write_padded(to, key, width, false, false);
	text_show(to, text);
	fputc('\n', to);
}

static void tsv_write_line(FILE *to, size_t width, const char *key, const struct cell *cell)
{
	char *text FREE = cell_plain(cell);

	(void)width;
	text_tsv(to, key);
	fputc('\t', to);
	text_tsv(to, text);
	fputc('\n', to);
}

static size_t object_measure_keys(const struct out *out)
{
	size_t width = 0;

	for (size_t i = 0; i < out->n_columns; i++) {
		const struct cell *cell = out_find_cell(out, 0, i);
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
		object_each_value(out, to, object_measure_keys(out), table_write_line);
	else
		table_write_list(out, to);
}

void out_write_tsv(const struct out *out, FILE *to)
{
	if (out->is_object) {
		object_each_value(out, to, 0, tsv_write_line);
		return;
	}
	for (size_t row = 0; row < out_rows(out); row++) {
		bool first = true;

		for (size_t i = 0; i < out->n_columns; i++) {
			if (!out->columns[i].head)
				continue;
			char *text FREE = cell_plain(out_find_cell(out, row, i));

			fputs(first ? "" : "\t", to);
			text_tsv(to, text);
			first = false;
		}
		fputc('\n', to);
	}
}
