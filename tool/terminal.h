/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The terminal that standard output may be.
 */
#ifndef TOOL_TERMINAL_H
#define TOOL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* How many columns it has; 0: standard output is no terminal. */
size_t terminal_width(void);

/* Whether it shows colours, and the user wants them: see https://no-color.org/. */
bool terminal_has_colours(void);

#endif
