/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cells between out.c, which collects them, and the three forms they are written in.
 */
#ifndef TOOL_OUT_CELLS_H
#define TOOL_OUT_CELLS_H

#include <stdbool.h>

#include "out.h"

enum cell_kind {
	CELL_NULL,
	CELL_TEXT,
	CELL_BOOL,
	CELL_NUMBER,
	CELL_BYTES,
	CELL_TIME,
	CELL_TEXTS,
	CELL_PAIRS,
	CELL_ROWS
};

/* texts: v[0..n); pairs: key and value in turn in v[0..2n). */
struct cell {
	enum cell_kind kind;
	uint64_t number;
	char *text;  /* of CELL_TEXT and CELL_TIME; of that, number is ms since 1970 */
	char *brief; /* for a narrow table, or NULL */
	enum out_colour colour;
	bool is_id;
	char **v;
	size_t n;
	struct out *rows; /* of CELL_ROWS */
};

struct out {
	enum out_format format;
	bool is_object, no_heads, wide, colours;
	const struct narrow *narrow; /* NULL: the table is wide */
	size_t terminal;             /* how wide it is, 0: there is none */
	size_t id_length;            /* of a short id, 0: not known yet */
	const struct column *columns;
	struct column *chosen; /* those that the user chose, NULL: none were */
	char **heads;          /* of these                                    */
	size_t n_columns;
	struct cell *cells; /* row after row */
	size_t n_cells, cap_cells;
	char *raw; /* if it is text, with a 0 behind it */
	size_t raw_size;
	bool raw_is_text;
};

static inline size_t out_rows(const struct out *out)
{
	return out->n_columns ? out->n_cells / out->n_columns : 0;
}

/* Frees what a cell holds. */
void cell_free(struct cell *cell);

/* The cell as text for people or as plain as TSV wants it; a new string. */
char *cell_show(const struct cell *cell);
char *cell_plain(const struct cell *cell);

/* The cell as a narrow table shows it, with ids of that length; a new string. */
char *cell_narrow(const struct cell *cell, size_t id_length);

/* How long ids must be so that those of all rows can be told apart, 8 at the least. */
size_t out_measure_ids(const struct out *out);

/* On a terminal that has colours: what follows has this one. */
void out_write_colour(const struct out *out, enum out_colour colour, FILE *to);

void out_write_table(const struct out *out, FILE *to);
void out_write_list(const struct out *out, FILE *to); /* as a table */
void out_write_json(const struct out *out, FILE *to);
void out_write_tsv(const struct out *out, FILE *to);

#endif
