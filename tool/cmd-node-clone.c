/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node clone: a node from another.
 */
#include "cmd-node.h"
#include "report.h"
#include "size-parts.h"
#include "util.h"

const struct opt node_clone_opts[] = {
	{
		.name = "--size",
		.value = "SIZE",
		OPT(size),
		.complete = COMPLETE_SIZE,
		.help = "CPUs, memory and disk; by default those of the node",
	},
	OPTS_SIZE_PARTS,
	{
		.name = "--snapshot",
		.value = "SNAPSHOT",
		OPT(snapshot),
		.help = "the disk as it was at this snapshot of the node",
	},
	{
		.name = "--linked",
		OPT(linked),
		.help = "keep only what differs from a snapshot of the node, which must then stay",
	},
	{
		.name = "--no-start",
		OPT(no_start),
		.help = "leave the new node stopped",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

int node_clone(struct ctx *ctx, const struct args *args)
{
	struct vbc_node_clone_opts opts = {.size = sizeof(opts),
					   .no_start = args->no_start,
					   .snapshot = args->snapshot,
					   .linked = args->linked};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	char *size FREE = NULL;
	struct vbc_node *node;
	int rc = size_parts_read(args, &size, &ctx->err);

	opts.node_size = size;
	if (!rc)
		rc = vbc_node_clone(ctx->host, args->words[0], args->words[1], &opts, &wait, &node,
				    &ctx->err);
	return rc ? rc : node_show_and_free(ctx, node);
}
