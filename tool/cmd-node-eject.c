/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node eject: an installed node without the disc that it was installed from.
 */
#include "cmd-node.h"
#include "report.h"

int node_eject(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_eject(ctx->host, node, &wait, err);

	if (!rc)
		note("ejected the disc of node '%s'", node);
	return rc;
}
