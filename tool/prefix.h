/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The output of programs that run at the same time: in whole lines, each with the name of whose it
 * is before it.
 */
#ifndef TOOL_PREFIX_H
#define TOOL_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One stream of one program. */
struct prefixed {
	int from;         /* where it comes from; -1 once it has ended */
	FILE *to;         /* stdout or stderr                          */
	const char *name; /* borrowed                                  */
	char *text;       /* a line that has not ended yet             */
	size_t n;
};

/*
 * Reads what has come, and writes the lines that are complete. A terminal gets nothing of them that
 * it would obey. At the end of the stream the rest is a line, and `from` is closed. Any thread.
 */
void prefixed_read(struct prefixed *stream);

/* Writes what there is as it would at the end, and closes. */
void prefixed_end(struct prefixed *stream);

#endif
