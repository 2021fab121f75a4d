/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The guest of a new node, from its first instruction until it lets one log in.
 */
#ifndef TOOL_AWAIT_GUEST_H
#define TOOL_AWAIT_GUEST_H

#include "cmd.h"

/*
 * Waits until one can log in, and tells each step. *ret_reached is set to false where nothing can
 * be waited for, as only the node's host reaches it: that of a host elsewhere is opened to others
 * when its user says so, and nothing is wrong. Returns 0 or a code, with ctx->err filled:
 * VBC_E_TIMEOUT, VBC_E_CANCELLED, VBC_E_STATE (it has stopped) and those of vbc_ssh_reach().
 */
int await_guest(struct ctx *ctx, const struct vbc_node *node, unsigned timeout_s,
		bool *ret_reached);

#endif
