/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of nodes as aliases in a configuration of ssh.
 */
#ifndef TOOL_ALIAS_H
#define TOOL_ALIAS_H

#include <stdbool.h>

/*
 * Whether ssh, and the programs that run it, take the name for an alias as it is: letters and
 * digits of any script, and . _ - but not first; never a pattern, an option or two words.
 */
bool alias_is_safe(const char *name);

/*
 * The same of a name that nobody typed, which a host may have given its node to be taken for
 * another machine: it must not look like that of a machine elsewhere, with a dot, or be one that
 * each machine has.
 */
bool alias_is_safe_unasked(const char *name);

#endif
