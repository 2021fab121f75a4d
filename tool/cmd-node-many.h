/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several nodes made by one command, several at once.
 */
#ifndef TOOL_CMD_NODE_MANY_H
#define TOOL_CMD_NODE_MANY_H

#include "cmd.h"

/* Makes the node of that name. */
typedef int node_maker(const void *arg, const char *name, struct vbc_node **ret_node,
		       struct vbc_error *err);

/*
 * Makes the nodes NAME-1 to NAME-N and lists those that were made. Each failure is reported, and
 * the first one, in the order of the names, gives the exit status. No further ones are begun after
 * Ctrl-C, nor when one fails for what all would fail for: the host, an option, the image.
 */
int nodes_make(struct ctx *ctx, const char *name, unsigned n, node_maker *make, const void *arg);

#endif
