/* SPDX-License-Identifier: Apache-2.0 */
#include "list.h"

#include "cmd.h"

const struct opt list_opts[] = {OPTS_LIST, {.name = NULL}};

int list_parse(struct list *list, const struct column *columns, const struct args *args,
	       struct vbc_error *err)
{
	int rc;

	*list = (struct list){.columns = columns, .no_header = args->no_header, .wide = args->wide};
	rc = filters_parse(args->filters.v, args->filters.n, columns, &list->filters, err);
	if (!rc && args->columns)
		rc = columns_parse(args->columns, columns, &list->chosen, err);
	if (!rc && args->sort)
		rc = sort_parse(args->sort, columns, &list->sort, err);
	return rc;
}

void list_done(struct list *list)
{
	filters_done(&list->filters);
}

static bool columns_have(const struct columns *columns, size_t column)
{
	size_t i = 0;

	while (i < columns->n && columns->v[i] != column)
		i++;
	return i < columns->n;
}

bool list_uses(const struct list *list, size_t column)
{
	for (size_t i = 0; i < list->filters.n; i++)
		if (list->filters.v[i].column == column)
			return true;
	return columns_have(&list->chosen, column) || columns_have(&list->sort.by, column);
}

void list_apply(const struct list *list, struct out *out)
{
	out_shorten_ids(out);
	out_filter(out, &list->filters);
	out_sort(out, &list->sort);
	if (list->chosen.n)
		out_choose(out, list->chosen.v, list->chosen.n);
	out_show(out, !list->no_header, list->wide);
}
