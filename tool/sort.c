/* SPDX-License-Identifier: Apache-2.0 */
#include "sort.h"

#include <stdlib.h>
#include <string.h>

#include "out-cells.h"
#include "util.h"

int sort_parse(const char *text, const struct column *columns, struct sort *ret,
	       struct vbc_error *err)
{
	char *keys FREE = must(calloc(strlen(text) + 1, 1)), *to = keys;
	size_t n = 0;

	*ret = (struct sort){.by = {.n = 0}};
	/* The keys without their signs; columns_parse() refuses what are too many. */
	for (const char *at = text; *at; at++) {
		bool begins = at == text || at[-1] == ',';

		if (begins && n < COLUMNS_MAX)
			ret->down[n++] = *at == '-';
		if (!begins || *at != '-')
			*to++ = *at;
	}
	return columns_parse(keys, columns, &ret->by, err);
}

/* A row on its way to another place. */
struct sorted {
	const struct cell *cells;
	const struct sort *sort;
	size_t at; /* where it was */
};

static bool cell_is_unknown(const struct cell *cell)
{
	return cell->kind == CELL_NULL;
}

static int cell_compare(const struct cell *a, const struct cell *b)
{
	bool numbers = a->kind == CELL_NUMBER || a->kind == CELL_BYTES || a->kind == CELL_BOOL;

	if (numbers && a->kind == b->kind)
		return (a->number > b->number) - (a->number < b->number);
	char *text_a FREE = cell_plain(a), *text_b FREE = cell_plain(b);
	int order = strverscmp(text_a, text_b);

	return order ? order : strcmp(text_a, text_b);
}

static int sorted_compare(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	const struct sort *sort = a->sort;

	for (size_t i = 0; i < sort->by.n; i++) {
		const struct cell *ca = &a->cells[sort->by.v[i]], *cb = &b->cells[sort->by.v[i]];
		int unknown = cell_is_unknown(ca) - cell_is_unknown(cb);
		int order = unknown || cell_is_unknown(ca) ? 0 : cell_compare(ca, cb);

		if (unknown)
			return unknown;
		if (order)
			return sort->down[i] ? -order : order;
	}
	return (a->at > b->at) - (a->at < b->at);
}

void out_sort(struct out *out, const struct sort *sort)
{
	size_t n = out_rows(out), width = out->n_columns;
	struct sorted *rows FREE = must(calloc(n + 1, sizeof(*rows)));
	struct cell *cells;

	if (!sort->by.n)
		return;
	cells = must(calloc(n * width + 1, sizeof(*cells)));
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct sorted){&out->cells[i * width], sort, i};
	qsort(rows, n, sizeof(*rows), sorted_compare);
	for (size_t i = 0; i < n; i++)
		memcpy(&cells[i * width], rows[i].cells, width * sizeof(*cells));
	free(out->cells);
	out->cells = cells;
	out->n_cells = out->cap_cells = n * width;
}
