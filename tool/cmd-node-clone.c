/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node clone: a node from another.
 */
#include <stdlib.h>

#include "cmd-node-create.h"
#include "cmd-node.h"
#include "identity.h"
#include "login.h"
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

/* The disk has the keys that were there: who logs in to the one node logs in to the other. */
static void clone_remember_identity(const char *of, const struct vbc_node *clone)
{
	char *identity FREE = of ? identity_of(of) : NULL;

	node_remember_identity(clone, identity);
}

int node_clone(struct ctx *ctx, const struct args *args)
{
	struct vbc_node_clone_opts opts = {.size = sizeof(opts),
					   .no_start = args->no_start,
					   .snapshot = args->snapshot,
					   .linked = args->linked};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	char *size FREE = NULL, *of FREE = NULL;
	struct vbc_node *node;
	int rc = size_parts_read(args, &size, &ctx->err);

	if (rc)
		return rc;
	opts.node_size = size;
	of = login_find_kept(ctx, args->words[0]);
	rc = vbc_node_clone(ctx->host, of ? of : args->words[0], args->words[1], &opts, &wait,
			    &node, &ctx->err);
	if (rc)
		return rc;
	clone_remember_identity(of, node);
	return node_show_and_free(ctx, node);
}
