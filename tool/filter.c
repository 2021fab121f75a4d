/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "columns.h"
#include "out-cells.h"
#include "util.h"

enum { ID_SHORTEST = 4 }; /* as the library takes it */

/* The columns whose cells are pairs, in all lists. */
static bool column_has_parts(const char *key)
{
	return streq(key, "tags") || streq(key, "extra");
}

/* "tag.env" is of the column "tags", whose parts are named like the option that sets one. */
static int filter_find_column(const char *key, const struct column *columns, struct filter *filter,
			      struct vbc_error *err)
{
	const char *dot = strchr(key, '.');
	char *base FREE = format("%.*s", dot ? (int)(dot - key) : (int)strlen(key), key);
	int rc = columns_find_key(columns, dot && streq(base, "tag") ? "tags" : base,
				  &filter->column, err);

	if (rc)
		return rc;
	bool parts = column_has_parts(columns[filter->column].key);

	if (dot && !parts)
		return fail(err, VBC_E_ARG, "column '%s' has no parts: write '%s=VALUE'", base,
			    base);
	if (!dot && parts)
		return fail(err, VBC_E_ARG, "column '%s' has parts: write '%s.KEY=VALUE'", base,
			    streq(base, "tags") ? "tag" : base);
	filter->part = dot ? format("%s", dot + 1) : NULL;
	return 0;
}

static int filter_parse(const char *text, const struct column *columns, struct filter *filter,
			struct vbc_error *err)
{
	const char *equals = strchr(text, '=');
	char *key FREE = format("%.*s", equals ? (int)(equals - text) : 0, text);

	if (!*key)
		return fail(err, VBC_E_ARG,
			    "option '--filter' cannot be '%s': it must be KEY=VALUE", text);
	int rc = filter_find_column(key, columns, filter, err);

	if (!rc)
		filter->value = format("%s", equals + 1);
	return rc;
}

int filters_parse(const char *const *texts, size_t n, const struct column *columns,
		  struct filters *ret, struct vbc_error *err)
{
	int rc = 0;

	*ret = (struct filters){.n = 0};
	if (n > COUNT(ret->v))
		return fail(err, VBC_E_ARG, "option '--filter' can be given at most %zu times",
			    COUNT(ret->v));
	for (size_t i = 0; i < n && !rc; i++)
		rc = filter_parse(texts[i], columns, &ret->v[ret->n++], err);
	return rc;
}

void filters_done(struct filters *filters)
{
	for (size_t i = 0; i < filters->n; i++) {
		free(filters->v[i].part);
		free(filters->v[i].value);
	}
	filters->n = 0;
}

static bool cell_has_part(const struct cell *cell, const struct filter *filter)
{
	for (size_t i = 0; cell->kind == CELL_PAIRS && i + 1 < cell->n; i += 2)
		if (streq(cell->v[i], filter->part))
			return streq(cell->v[i + 1], filter->value);
	return false;
}

static bool cell_has_value(const struct cell *cell, const char *value);

/* Of objects, what a table shows of one. */
static bool cell_has_inner(const struct cell *cell, const char *value)
{
	const struct out *rows = cell->rows;

	for (size_t i = 0; i < rows->n_cells; i++)
		if (rows->columns[i % rows->n_columns].head &&
		    cell_has_value(&rows->cells[i], value))
			return true;
	return false;
}

/*
 * As a table shows it, as TSV and as JSON do: all of these are seen, and typed again; an id also by
 * its beginning.
 */
static bool cell_has_value(const struct cell *cell, const char *value)
{
	char *shown FREE = cell_show(cell), *plain FREE = cell_plain(cell);

	if (streq(shown, value) || streq(plain, value) ||
	    (cell->brief && streq(cell->brief, value)))
		return true;
	if (cell->is_id && cell->kind == CELL_TEXT && strlen(value) >= ID_SHORTEST)
		return strncasecmp(cell->text, value, strlen(value)) == 0;
	if (cell->kind == CELL_BOOL)
		return streq(value, cell->number ? "true" : "false");
	for (size_t i = 0; cell->kind == CELL_TEXTS && i < cell->n; i++)
		if (streq(cell->v[i], value))
			return true;
	return cell->kind == CELL_ROWS && cell_has_inner(cell, value);
}

static bool filter_match(const struct filter *filter, const struct out *out, size_t row)
{
	const struct cell *cell = &out->cells[row * out->n_columns + filter->column];

	return filter->part ? cell_has_part(cell, filter) : cell_has_value(cell, filter->value);
}

static bool filter_same_key(const struct filter *a, const struct filter *b)
{
	return a->column == b->column && (!a->part || streq(a->part, b->part));
}

bool filters_match(const struct filters *filters, const struct out *out, size_t row)
{
	for (size_t i = 0; i < filters->n; i++) {
		bool any = false;

		for (size_t k = 0; k < filters->n && !any; k++)
			any = filter_same_key(&filters->v[i], &filters->v[k]) &&
			      filter_match(&filters->v[k], out, row);
		if (!any)
			return false;
	}
	return true;
}

void out_filter(struct out *out, const struct filters *filters)
{
	size_t n = out_rows(out), kept = 0, width = out->n_columns;

	for (size_t row = 0; filters->n && row < n; row++) {
		struct cell *from = &out->cells[row * width];
		bool keep = filters_match(filters, out, row);

		for (size_t i = 0; i < width && !keep; i++)
			cell_free(&from[i]);
		if (keep)
			memmove(&out->cells[kept++ * width], from, width * sizeof(*from));
	}
	if (filters->n)
		out->n_cells = kept * width;
}
