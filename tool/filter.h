/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rows that --filter chooses: KEY=VALUE, a key being that of a column in JSON.
 */
#ifndef TOOL_FILTER_H
#define TOOL_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "out.h"

struct vbc_error;

#define FILTERS_MAX 32

/* One of them; `part` is what follows a dot, as in tag.KEY, or NULL. */
struct filter {
	size_t column;
	char *part, *value;
};

/*
 * A row is chosen when it has one of the values that are given for a key, for each of the keys.
 */
struct filters {
	struct filter v[FILTERS_MAX];
	size_t n;
};

/*
 * From "state=running", "tag.env=prod" or the like, texts[0..n), each of which must have the key of
 * one of the columns. Returns 0 or VBC_E_ARG; free with filters_done() in either case.
 */
int filters_parse(const char *const *texts, size_t n, const struct column *columns,
		  struct filters *ret, struct vbc_error *err);
void filters_done(struct filters *filters);

/* Of complete rows, keeps those that are chosen. */
void out_filter(struct out *out, const struct filters *filters);

/* Whether a complete row is chosen. */
bool filters_match(const struct filters *filters, const struct out *out, size_t row);

#endif
