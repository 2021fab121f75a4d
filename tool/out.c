/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Collects rows of typed cells until the command has succeeded.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "out-cells.h"
#include "text.h"
#include "util.h"

struct out *out_new(enum out_format format)
{
	struct out *out = must(calloc(1, sizeof(*out)));

	out->format = format;
	return out;
}

void cell_free(struct cell *cell)
{
	for (size_t i = 0; i < cell->n; i++)
		free(cell->v[i]);
	free(cell->v);
	free(cell->text);
	free(cell->brief);
	if (cell->rows)
		out_free(cell->rows);
}

void out_free(struct out *out)
{
	for (size_t i = 0; i < out->n_cells; i++)
		cell_free(&out->cells[i]);
	for (size_t i = 0; out->chosen && i < out->n_columns; i++)
		free(out->heads[i]);
	free(out->heads);
	free(out->chosen);
	free(out->cells);
	free(out->raw);
	free(out);
}

void out_list(struct out *out, const struct column *columns)
{
	out->columns = columns;
	while (columns[out->n_columns].key)
		out->n_columns++;
}

void out_object(struct out *out, const struct column *columns)
{
	out->is_object = true;
	out_list(out, columns);
}

/* The head of a column that has none otherwise: its key, as heads are written. */
static char *column_make_head(const struct column *column)
{
	char *head = must(strdup(column->head ? column->head : column->key));

	for (char *c = head; !column->head && *c; c++)
		*c = (char)(*c == '_' ? ' ' : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	return head;
}

/* Moves the chosen cells of a row to their places, and frees the others. */
static void row_choose(struct cell *row, size_t n_row, const size_t *columns, size_t n,
		       struct cell *to)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = row[columns[i]];
		row[columns[i]] = (struct cell){.kind = CELL_NULL};
	}
	for (size_t i = 0; i < n_row; i++)
		cell_free(&row[i]);
}

void out_choose(struct out *out, const size_t *columns, size_t n)
{
	size_t rows = out_rows(out);
	struct cell *cells = must(calloc(rows * n + 1, sizeof(*cells)));
	struct column *chosen = must(calloc(n + 1, sizeof(*chosen)));

	for (size_t i = 0; i < rows; i++)
		row_choose(&out->cells[i * out->n_columns], out->n_columns, columns, n,
			   &cells[i * n]);
	out->heads = must(calloc(n + 1, sizeof(*out->heads)));
	for (size_t i = 0; i < n; i++) {
		out->heads[i] = column_make_head(&out->columns[columns[i]]);
		chosen[i] =
			(struct column){.key = out->columns[columns[i]].key, .head = out->heads[i]};
	}
	free(out->cells);
	out->cells = cells;
	out->n_cells = out->cap_cells = rows * n;
	out->columns = out->chosen = chosen;
	out->n_columns = n;
}

void out_narrow(struct out *out, const struct narrow *narrow)
{
	out->narrow = narrow;
}

void out_show(struct out *out, bool heads, bool wide)
{
	out->no_heads = !heads;
	out->wide = wide;
}

void out_shorten_ids(struct out *out)
{
	out->id_length = out_measure_ids(out);
}

void out_set_terminal(struct out *out, size_t width, bool colours)
{
	out->terminal = width;
	out->colours = colours;
}

static struct cell *out_add_cell(struct out *out, enum cell_kind kind)
{
	if (out->n_cells == out->cap_cells) {
		out->cap_cells = out->cap_cells ? 2 * out->cap_cells : 64;
		out->cells = must(realloc(out->cells, out->cap_cells * sizeof(*out->cells)));
	}
	struct cell *cell = &out->cells[out->n_cells++];

	*cell = (struct cell){.kind = kind};
	return cell;
}

void out_null(struct out *out)
{
	out_add_cell(out, CELL_NULL);
}

void out_text(struct out *out, const char *text)
{
	out_add_cell(out, CELL_TEXT)->text = must(strdup(text));
}

void out_text_or_null(struct out *out, const char *text)
{
	if (*text)
		out_text(out, text);
	else
		out_null(out);
}

void out_id_or_null(struct out *out, const char *id)
{
	out_text_or_null(out, id);
	out->cells[out->n_cells - 1].is_id = strlen(id) == 36;
}

void out_number(struct out *out, uint64_t number)
{
	out_add_cell(out, CELL_NUMBER)->number = number;
}

void out_number_or_null(struct out *out, uint64_t number)
{
	out_add_cell(out, number ? CELL_NUMBER : CELL_NULL)->number = number;
}

void out_bytes(struct out *out, uint64_t bytes)
{
	out_add_cell(out, CELL_BYTES)->number = bytes;
}

void out_bytes_or_null(struct out *out, uint64_t bytes)
{
	out_add_cell(out, bytes ? CELL_BYTES : CELL_NULL)->number = bytes;
}

void out_bool(struct out *out, bool value)
{
	out_add_cell(out, CELL_BOOL)->number = value;
}

static void out_add_time(struct out *out, const char *text, int64_t ms)
{
	struct cell *cell = out_add_cell(out, CELL_TIME);

	cell->text = must(strdup(text));
	cell->number = (uint64_t)ms;
}

void out_time(struct out *out, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[40];
	struct tm tm;

	if (ms == 0 || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		out_null(out);
	else
		out_add_time(out, text, ms);
}

void out_brief(struct out *out, const char *text)
{
	struct cell *cell = &out->cells[out->n_cells - 1];

	free(cell->brief);
	cell->brief = *text ? must(strdup(text)) : NULL;
}

void out_colour(struct out *out, enum out_colour colour)
{
	out->cells[out->n_cells - 1].colour = colour;
}

static void out_add_strings(struct out *out, enum cell_kind kind, const char *const *v, size_t n)
{
	struct cell *cell = out_add_cell(out, kind);

	cell->v = must(calloc(n + 1, sizeof(*cell->v)));
	for (; cell->n < n; cell->n++)
		cell->v[cell->n] = must(strdup(v[cell->n]));
}

void out_texts(struct out *out, const char *const *v, size_t n)
{
	out_add_strings(out, CELL_TEXTS, v, n);
}

void out_pairs(struct out *out, const struct pair *v, size_t n)
{
	const char **strings FREE = must(calloc(2 * n + 1, sizeof(*strings)));

	for (size_t i = 0; i < n; i++) {
		strings[2 * i] = v[i].key;
		strings[2 * i + 1] = v[i].value;
	}
	out_add_strings(out, CELL_PAIRS, strings, 2 * n);
}

struct out *out_inner(struct out *out, const struct column *columns)
{
	struct cell *cell = out_add_cell(out, CELL_ROWS);

	cell->rows = out_new(out->format);
	out_list(cell->rows, columns);
	return cell->rows;
}

void out_raw(struct out *out, void *data, size_t size)
{
	free(out->raw);
	out->raw = data;
	out->raw_size = size;
}

void out_lines(struct out *out, char *text, size_t size)
{
	out_raw(out, text, size);
	out->raw_is_text = true;
}

void format_bytes(char text[static 32], uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = (double)bytes;
	size_t unit = 0;

	/* 1023.95 would be shown as 1024.0 */
	for (; value >= 1023.95 && unit + 1 < COUNT(units); unit++)
		value /= 1024;
	snprintf(text, 32, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void out_write_colour(const struct out *out, enum out_colour colour, FILE *to)
{
	static const char *const escapes[] = {
		[COLOUR_NONE] = "\033[0m",    [COLOUR_GREEN] = "\033[32m",
		[COLOUR_YELLOW] = "\033[33m", [COLOUR_RED] = "\033[31m",
		[COLOUR_BLUE] = "\033[34m",
	};

	if (out->colours)
		fputs(escapes[colour], to);
}

bool out_write(const struct out *out, FILE *to)
{
	/* A row with too few or too many cells is a mistake in a command. */
	assert(!out->n_columns || out->n_cells % out->n_columns == 0);
	errno = 0;
	if (out->raw && out->raw_is_text && isatty(fileno(to)))
		text_lines(to, out->raw, out->raw_size);
	else if (out->raw)
		fwrite(out->raw, 1, out->raw_size, to);
	else if (out->columns && out->format == OUT_JSON)
		out_write_json(out, to);
	else if (out->columns && out->format == OUT_TSV)
		out_write_tsv(out, to);
	else if (out->columns)
		out_write_table(out, to);
	return fflush(to) == 0 && !ferror(to);
}
