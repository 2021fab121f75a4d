/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The last line of what a guest writes to its console: what it is doing. Escape sequences, which
 * boot messages have their colours by, are no part of it.
 */
#ifndef TOOL_LAST_LINE_H
#define TOOL_LAST_LINE_H

#include <stddef.h>

#define LAST_LINE_MAX 200

/* Zero at first. */
struct last_line {
	char whole[LAST_LINE_MAX + 1]; /* the last one that ended, if none has begun since */
	char open[LAST_LINE_MAX + 1];  /* one that has not ended yet                       */
	size_t n;                      /* of that                                          */
	int escape;                    /* in the middle of a sequence                      */
};

/* What comes next of the console's text, in pieces of any size. */
void last_line_add(struct last_line *line, const char *text, size_t size);

/* The last line that is not blank, ended or not; "" when there is none. It belongs to `line`. */
const char *last_line_text(const struct last_line *line);

#endif
