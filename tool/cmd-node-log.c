/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node log: what VirtualBox tells of a node's last run.
 */
#include "cmd-node.h"
#include "util.h"

int node_log(struct ctx *ctx, const struct args *args)
{
	char *text = NULL;
	size_t size;
	int rc = vbc_node_log(ctx->host, args->words[0], &text, &size, &ctx->err);

	if (!rc)
		out_lines(ctx->out, text, size);
	return rc;
}
