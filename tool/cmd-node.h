/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Commands on nodes that have a file of their own.
 */
#ifndef TOOL_CMD_NODE_H
#define TOOL_CMD_NODE_H

#include "cmd.h"

extern const struct opt node_ssh_opts[], node_seed_opts[];

int node_ssh(struct ctx *ctx, const struct args *args);
int node_seed(struct ctx *ctx, const struct args *args);

#endif
