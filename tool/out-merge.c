/* SPDX-License-Identifier: Apache-2.0 */
#include "out-merge.h"

#include <stdlib.h>

#include "out-cells.h"
#include "util.h"

#define HOST_KEY  "host"
#define HOST_HEAD "HOST"

struct column *columns_with_host(const struct column *own)
{
	size_t n = 0, at = 0;

	while (own[n].key)
		n++;
	struct column *all = must(calloc(n + 2, sizeof(*all)));

	all[at++] = (struct column){HOST_KEY, HOST_HEAD};
	for (size_t i = 0; i < n; i++)
		if (!streq(own[i].key, HOST_KEY))
			all[at++] = own[i];
	return all;
}

struct narrow *narrow_with_host(const struct narrow *own)
{
	size_t n = 0;

	while (own[n].key)
		n++;
	struct narrow *all = must(calloc(n + 2, sizeof(*all)));

	all[0] = (struct narrow){HOST_KEY, HOST_HEAD, CUT_LAST};
	memcpy(all + 1, own, n * sizeof(*own));
	return all;
}

static struct cell cell_take(struct cell *cell)
{
	struct cell taken = *cell;

	*cell = (struct cell){.kind = CELL_NULL};
	return taken;
}

/* `at`: the place of the host among the n cells of a row, n: there is none. */
static void row_take(struct cell *row, size_t n, size_t at, const char *host, struct cell *to)
{
	*to = (struct cell){.kind = CELL_TEXT};
	if (host)
		to->text = must(strdup(host));
	else
		*to = cell_take(&row[at]);
	for (size_t i = 0; i < n; i++)
		if (i != at)
			*++to = cell_take(&row[i]);
}

void out_take_rows(struct out *to, struct out *from, const char *host)
{
	size_t at = 0, rows = out_rows(from), n = from->n_columns;

	while (at < n && !streq(from->columns[at].key, HOST_KEY))
		at++;
	size_t wide = at < n ? n : n + 1, all = to->n_cells + rows * wide;

	to->cells = must(realloc(to->cells, (all + 1) * sizeof(*to->cells)));
	to->cap_cells = all + 1;
	for (size_t i = 0; i < rows; i++, to->n_cells += wide)
		row_take(&from->cells[i * n], n, at, host, &to->cells[to->n_cells]);
}
