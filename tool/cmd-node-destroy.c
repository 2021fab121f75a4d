/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node destroy: a node and its disks.
 */
#include "cmd-node.h"
#include "report.h"

int node_destroy(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_destroy(ctx->host, node, &wait, err);

	if (!rc)
		note("destroyed node '%s'", node);
	return rc;
}
