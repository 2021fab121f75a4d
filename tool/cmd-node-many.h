/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several nodes made by one command, several at once.
 */
#ifndef TOOL_CMD_NODE_MANY_H
#define TOOL_CMD_NODE_MANY_H

#include "cmd.h"

/* A node that was made. */
struct made_node {
	struct vbc_node *node;         /* or what is newer known of it than: */
	struct vbc_fleet_node *placed; /* on one of several hosts; or NULL   */
};

const struct vbc_node *made_node_get(const struct made_node *made);
void made_node_free(struct made_node *made);
/* What is told of where it is. */
const char *made_node_host(const struct ctx *ctx, const struct made_node *made);

/* Makes the node of that name, the nth of all, from 0. */
typedef int node_maker(const void *arg, size_t nth, const char *name, struct made_node *ret,
		       struct vbc_error *err);

/*
 * Makes the nodes NAME-1 to NAME-N and lists those that were made. Each failure is reported, and
 * the first one, in the order of the names, gives the exit status. No further ones are begun after
 * Ctrl-C, nor when one fails for what all would fail for: the host, an option, the image.
 */
int nodes_make(struct ctx *ctx, const char *name, unsigned n, node_maker *make, const void *arg);

#endif
