/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way to the SSH server of a node's guest, which is the same for all commands: also through the
 * host itself, where the configuration says how one logs in there.
 */
#ifndef TOOL_REACH_H
#define TOOL_REACH_H

#include "cmd.h"

/*
 * Finds it, and waits until the server greets if `until_it_greets`. Any thread. Errors: those of
 * vbc_ssh_reach() and of jump_dial().
 */
int reach_ssh(struct ctx *ctx, const char *node, bool until_it_greets, const struct vbc_wait *wait,
	      struct vbc_ssh **ret, struct vbc_error *err);

#endif
