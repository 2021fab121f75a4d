/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The options that all lists have in common: which rows and columns they show, and in which order.
 */
#ifndef TOOL_LIST_H
#define TOOL_LIST_H

#include "columns.h"
#include "filter.h"
#include "sort.h"

struct args;

struct list {
	const struct column *columns; /* that the others mean */
	struct columns chosen;        /* none: the usual ones */
	struct filters filters;
	struct sort sort;
	bool no_header, wide;
};

/* Of a list with these columns. Returns 0 or VBC_E_ARG; free with list_done() in either case. */
int list_parse(struct list *list, const struct column *columns, const struct args *args,
	       struct vbc_error *err);
void list_done(struct list *list);

/* Whether the options need what is in a column, be it shown or not. */
bool list_uses(const struct list *list, size_t column);

/* Makes of all rows the list that is wanted. */
void list_apply(const struct list *list, struct out *out);

#endif
