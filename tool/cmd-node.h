/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Commands on nodes that have a file of their own.
 */
#ifndef TOOL_CMD_NODE_H
#define TOOL_CMD_NODE_H

#include "cmd.h"

extern const struct opt node_display_opts[], node_ssh_opts[], node_seed_opts[], node_resize_opts[],
	node_teleport_opts[];

int node_ssh(struct ctx *ctx, const struct args *args);
int node_seed(struct ctx *ctx, const struct args *args);
int node_pause(struct ctx *ctx, const struct args *args);
int node_suspend(struct ctx *ctx, const struct args *args);
int node_resume(struct ctx *ctx, const struct args *args);
int node_discard(struct ctx *ctx, const struct args *args);
int node_rename(struct ctx *ctx, const struct args *args);
int node_resize(struct ctx *ctx, const struct args *args);
int node_describe(struct ctx *ctx, const struct args *args);
int node_tag(struct ctx *ctx, const struct args *args);
int node_untag(struct ctx *ctx, const struct args *args);
int node_teleport(struct ctx *ctx, const struct args *args);
int node_display(struct ctx *ctx, const struct args *args);
int node_log(struct ctx *ctx, const struct args *args);

#endif
