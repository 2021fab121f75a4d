/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The columns that --columns chooses, by the keys that they have in JSON.
 */
#ifndef TOOL_COLUMNS_H
#define TOOL_COLUMNS_H

#include "out.h"

struct vbc_error;

#define COLUMNS_MAX 32

/* Places in an array of columns, in the order in which they are wanted. */
struct columns {
	size_t v[COLUMNS_MAX];
	size_t n;
};

/* From "name,state" or the like; each may be named once. Returns 0 or VBC_E_ARG. */
int columns_parse(const char *text, const struct column *all, struct columns *ret,
		  struct vbc_error *err);

/* The column with that key. Returns 0 or VBC_E_ARG, with what was meant or what there is. */
int columns_find_key(const struct column *all, const char *key, size_t *ret, struct vbc_error *err);

#endif
