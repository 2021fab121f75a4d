/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows as text: one object as lines of key and value, a list as TSV.
 */
#include <stdlib.h>

#include "out-cells.h"
#include "text.h"
#include "util.h"

static const struct cell *out_find_cell(const struct out *out, size_t row, size_t column)
{
	return &out->cells[row * out->n_columns + column];
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

	text_show(to, key);
	fprintf(to, "%*s", (int)(width - text_width(key) + 2), "");
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
		out_write_list(out, to);
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
