/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node log: what VirtualBox, or the guest, tells of a node's last run.
 */
#include "cmd-node.h"
#include "util.h"

const struct opt node_log_opts[] = {
	{
		.name = "--guest",
		OPT(guest),
		.help = "what the guest wrote to its first serial port instead",
	},
	{.name = NULL},
};

int node_log(struct ctx *ctx, const struct args *args)
{
	char *text = NULL;
	size_t size;
	int rc = (args->guest ? vbc_node_console : vbc_node_log)(ctx->host, args->words[0], &text,
								 &size, &ctx->err);

	if (!rc)
		out_lines(ctx->out, text, size);
	return rc;
}
