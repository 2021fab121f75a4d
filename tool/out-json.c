/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows as JSON: an array of objects, or one object; keys are the columns' keys.
 */
#include <inttypes.h>

#include "out-cells.h"
#include "text.h"

static void json_write_texts(const struct cell *cell, FILE *to)
{
	fputc('[', to);
	for (size_t i = 0; i < cell->n; i++) {
		fputs(i ? ", " : "", to);
		text_json(to, cell->v[i]);
	}
	fputc(']', to);
}

static void json_write_pairs(const struct cell *cell, FILE *to)
{
	fputc('{', to);
	for (size_t i = 0; i < cell->n; i += 2) {
		fputs(i ? ", " : "", to);
		text_json(to, cell->v[i]);
		fputs(": ", to);
		text_json(to, cell->v[i + 1]);
	}
	fputc('}', to);
}

static void json_write_cell(const struct cell *cell, FILE *to);

static void json_write_rows(const struct out *rows, FILE *to)
{
	fputc('[', to);
	for (size_t i = 0; i < rows->n_cells; i++) {
		size_t column = i % rows->n_columns;

		fputs(column ? ", " : i ? ", {" : "{", to);
		text_json(to, rows->columns[column].key);
		fputs(": ", to);
		json_write_cell(&rows->cells[i], to);
		if (column + 1 == rows->n_columns)
			fputc('}', to);
	}
	fputc(']', to);
}

static void json_write_cell(const struct cell *cell, FILE *to)
{
	switch (cell->kind) {
	case CELL_NULL: fputs("null", to); break;
	case CELL_TEXT:
	case CELL_TIME: text_json(to, cell->text); break;
	case CELL_BOOL: fputs(cell->number ? "true" : "false", to); break;
	case CELL_NUMBER:
	case CELL_BYTES: fprintf(to, "%" PRIu64, cell->number); break;
	case CELL_TEXTS: json_write_texts(cell, to); break;
	case CELL_PAIRS: json_write_pairs(cell, to); break;
	case CELL_ROWS: json_write_rows(cell->rows, to); break;
	}
}

static void json_write_object(const struct out *out, size_t row, const char *indent, FILE *to)
{
	fprintf(to, "%s{\n", indent);
	for (size_t i = 0; i < out->n_columns; i++) {
		fprintf(to, "%s  ", indent);
		text_json(to, out->columns[i].key);
		fputs(": ", to);
		json_write_cell(&out->cells[row * out->n_columns + i], to);
		fputs(i + 1 < out->n_columns ? ",\n" : "\n", to);
	}
	fprintf(to, "%s}", indent);
}

void out_write_json(const struct out *out, FILE *to)
{
	size_t n = out_rows(out);

	if (out->is_object) {
		json_write_object(out, 0, "", to);
	} else {
		fputs(n ? "[\n" : "[", to);
		for (size_t row = 0; row < n; row++) {
			json_write_object(out, row, "  ", to);
			fputs(row + 1 < n ? ",\n" : "\n", to);
		}
		fputc(']', to);
	}
	fputc('\n', to);
}
