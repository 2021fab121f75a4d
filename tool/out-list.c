/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A list as a table with heads: the usual columns, as narrow as they tell enough; or, where columns
 * are chosen or all is to be seen, these in full.
 */
#include <stdlib.h>

#include "out-cells.h"
#include "text.h"
#include "util.h"

enum { GAP = 2, CUT_TO = 8, WRAP_TO = 30 };

/* A column of the table that is written. */
struct shown {
	size_t column;
	const char *head;
	size_t width;
	int cut; /* as of struct narrow */
};

struct table {
	const struct out *out;
	struct shown *v;
	size_t n;
	bool narrow;
	size_t id_length;
};

static size_t table_find_column(const struct out *out, const char *key)
{
	size_t i = 0;

	while (!streq(out->columns[i].key, key))
		i++;
	return i;
}

static void table_add(struct table *t, size_t column, const char *head, int cut)
{
	t->v[t->n++] = (struct shown){.column = column, .head = head, .cut = cut};
}

static void table_choose_columns(struct table *t)
{
	const struct out *out = t->out;

	for (const struct narrow *n = out->narrow; t->narrow && n->key; n++)
		table_add(t, table_find_column(out, n->key), n->head, (int)n->cut);
	for (size_t i = 0; !t->narrow && i < out->n_columns; i++)
		if (out->columns[i].head)
			table_add(t, i, out->columns[i].head, CUT_NEVER);
}

static const struct cell *table_find_cell(const struct table *t, size_t row, size_t i)
{
	return &t->out->cells[row * t->out->n_columns + t->v[i].column];
}

static char *table_show_cell(const struct table *t, size_t row, size_t i)
{
	const struct cell *cell = table_find_cell(t, row, i);

	return t->narrow ? cell_narrow(cell, t->id_length) : cell_show(cell);
}

static bool cell_is_number(const struct cell *cell)
{
	return !cell->brief && (cell->kind == CELL_NUMBER || cell->kind == CELL_BYTES);
}

static void table_measure(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t width = t->out->no_heads ? 0 : text_width(t->v[i].head);

		for (size_t row = 0; row < out_rows(t->out); row++) {
			char *text FREE = table_show_cell(t, row, i);
			size_t w = text_width(text);

			width = w > width ? w : width;
		}
		t->v[i].width = width;
	}
}

/* The widest column that may be cut, and still has what can be; NULL: there is none. */
static struct shown *table_find_widest(struct table *t, int cut)
{
	struct shown *widest = NULL;

	for (struct shown *s = t->v; s < t->v + t->n; s++)
		if (s->cut == cut && s->width > CUT_TO && (!widest || s->width > widest->width))
			widest = s;
	return widest;
}

static bool table_is_wrapped(const struct table *t)
{
	return t->n && t->v[t->n - 1].cut == WRAP;
}

/* The columns before the last one, with the gaps behind them. */
static size_t table_measure_indent(const struct table *t)
{
	size_t width = 0;

	for (size_t i = 0; i + 1 < t->n; i++)
		width += t->v[i].width + GAP;
	return width;
}

/* What is left of the terminal, if that is less; of a very narrow one nobody sees a column. */
static void table_wrap(struct table *t)
{
	struct shown *last = &t->v[t->n - 1];
	size_t indent = table_measure_indent(t), terminal = t->out->terminal;
	size_t room = terminal > indent + WRAP_TO ? terminal - indent : WRAP_TO;

	last->width = last->width > room ? room : last->width;
}

/* As wide as the terminal, as long as something of everything is left to be seen. */
static void table_cut(struct table *t)
{
	size_t width = t->n ? (t->n - 1) * GAP : 0;

	if (table_is_wrapped(t))
		table_wrap(t);
	for (size_t i = 0; i < t->n; i++)
		width += t->v[i].width;
	for (int cut = CUT_FIRST; cut <= CUT_LAST; cut++) {
		struct shown *s;

		while (width > t->out->terminal && (s = table_find_widest(t, cut))) {
			s->width--;
			width--;
		}
	}
}

static void table_write_spaces(FILE *to, size_t n)
{
	while (n--)
		fputc(' ', to);
}

/* Writes one cell; nothing follows the last one of a line. */
static void table_write_cell(const struct table *t, size_t i, const char *text, bool right,
			     enum out_colour colour, FILE *to)
{
	size_t width = t->v[i].width, its = text_width(text), space = its < width ? width - its : 0;

	if (right)
		table_write_spaces(to, space);
	if (colour != COLOUR_NONE)
		out_write_colour(t->out, colour, to);
	its = text_show_cut(to, text, width);
	if (colour != COLOUR_NONE)
		out_write_colour(t->out, COLOUR_NONE, to);
	if (i + 1 < t->n)
		table_write_spaces(to, GAP + (right ? 0 : width - its));
}

/* The bytes of as many words as fit, but of one at least. */
static size_t text_measure_line(const char *text, size_t width)
{
	size_t n = 0;

	while (text[n]) {
		size_t begin = n + strspn(text + n, " "), end = begin + strcspn(text + begin, " ");
		char *line FREE = must(strndup(text, end));

		if (n && text_width(line) > width)
			break;
		n = end;
	}
	return n;
}

/* The last cell of a row, below each other what does not fit. */
static void table_write_wrapped(const struct table *t, const char *text, FILE *to)
{
	for (;;) {
		size_t n = text_measure_line(text, t->v[t->n - 1].width);
		char *line FREE = must(strndup(text, n));

		text_show(to, line);
		text += n + strspn(text + n, " ");
		if (!*text)
			return;
		fputc('\n', to);
		table_write_spaces(to, table_measure_indent(t));
	}
}

static void table_write_heads(const struct table *t, FILE *to)
{
	for (size_t i = 0; i < t->n; i++)
		table_write_cell(t, i, t->v[i].head,
				 out_rows(t->out) && cell_is_number(table_find_cell(t, 0, i)),
				 COLOUR_NONE, to);
	fputc('\n', to);
}

static void table_write_row(const struct table *t, size_t row, FILE *to)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct cell *cell = table_find_cell(t, row, i);
		char *text FREE = table_show_cell(t, row, i);

		if (i + 1 == t->n && table_is_wrapped(t))
			table_write_wrapped(t, text, to);
		else
			table_write_cell(t, i, text, cell_is_number(cell), cell->colour, to);
	}
	fputc('\n', to);
}

void out_write_list(const struct out *out, FILE *to)
{
	struct shown *shown FREE = must(calloc(out->n_columns + 1, sizeof(*shown)));
	struct table t = {
		.out = out, .v = shown, .narrow = out->narrow && !out->chosen && !out->wide};

	if (t.narrow)
		t.id_length = out->id_length ? out->id_length : out_measure_ids(out);
	table_choose_columns(&t);
	table_measure(&t);
	if (out->terminal && !out->wide)
		table_cut(&t);
	if (!out->no_heads)
		table_write_heads(&t, to);
	for (size_t row = 0; row < out_rows(out); row++)
		table_write_row(&t, row, to);
}
