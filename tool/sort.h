/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The order that --sort gives to rows.
 */
#ifndef TOOL_SORT_H
#define TOOL_SORT_H

#include "columns.h"

/* The first key counts most. */
struct sort {
	struct columns by;
	bool down[COLUMNS_MAX]; /* of each: the largest first */
};

/* From "state,-created_at" or the like; each key may be named once. Returns 0 or VBC_E_ARG. */
int sort_parse(const char *text, const struct column *columns, struct sort *ret,
	       struct vbc_error *err);

/*
 * Orders complete rows: numbers by their size, and also those within texts, so that web2 comes
 * before web10. What is unknown comes last in both directions. Rows that are equal stay as they
 * are.
 */
void out_sort(struct out *out, const struct sort *sort);

#endif
