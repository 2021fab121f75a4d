/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Questions to whoever sits at the terminal, wherever standard input and output go.
 */
#ifndef TOOL_ASK_H
#define TOOL_ASK_H

#include <stdbool.h>

/* Whether there is a terminal to ask on. */
bool ask_can(void);

/*
 * Shows a question, which may have several lines, and waits for one line. Returns it without white
 * space around it; NULL when there is no terminal, or the input ends.
 */
char *ask_line(const char *question);

/* Whether the answer is "y" or "yes"; without a terminal it is not. */
bool ask_yes(const char *question);

#endif
