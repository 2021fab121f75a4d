/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a command would have changed, said instead of that.
 */
#ifndef TOOL_WOULD_H
#define TOOL_WOULD_H

#include "cmd.h"

/* "rename node 'a' to 'b'", a new string; `word` is in place of the first word, or NULL. */
char *would_text(const struct cmd *cmd, const struct args *args, const char *word);

/* Notes that it would be done. */
void would_note(const struct cmd *cmd, const struct args *args, const char *word);

#endif
