/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Texts made from the tables: --help, the list of commands for the check of the manual pages,
 * and completion.
 */
#ifndef TOOL_HELP_H
#define TOOL_HELP_H

#include <stdio.h>

#include "parse.h"

/* The help for as much of a command as the line names. */
void help_write(const struct line *line, FILE *to);

/*
 * Lines of "NOUN VERB", "NOUN VERB<TAB>OPTION VALUE"; global options have no command, and those of
 * all commands that change something end with "<TAB>change".
 */
void help_list(FILE *to);

/*
 * What could stand in place of the last of words[0..n): a line each, with a tab and a
 * description; or the line ":file", where any file can stand.
 */
void complete_write(const char *const *words, size_t n, FILE *to);

#endif
