/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the words of a command line to a row of the tables and typed values.
 */
#ifndef TOOL_PARSE_H
#define TOOL_PARSE_H

#include "cmd.h"

/* The noun of a verb that stands alone. */
#define ASSUMED_NOUN "node"

/* noun and cmd are NULL as long as the words have not named them. */
struct line {
	const struct noun *noun;
	const struct cmd *cmd;
	struct args args;
};

/*
 * Reads words[0..n), without the program's name. Returns 0, or VBC_E_ARG with one sentence.
 * `line` is filled as far as the words were understood, also on failure; free line->args.words.
 */
int parse_line(const char *const *words, size_t n, struct line *line, struct vbc_error *err);

/* Whether the command has all it needs; VBC_E_ARG with one sentence when not. */
int parse_complete(const struct line *line, struct vbc_error *err);

/* "vboxcloud node create", as far as it is known; a new string. */
char *line_name(const struct line *line);

/* The option of that name in the command (may be NULL) or among the global ones, or NULL. */
const struct opt *find_opt(const struct cmd *cmd, const char *name);
const struct noun *find_noun(const char *name);
const struct cmd *find_cmd(const struct noun *noun, const char *name);

#endif
