/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node teleport: to another host, while it runs.
 */
#include "cmd-node.h"
#include "connect.h"
#include "report.h"

const struct opt node_teleport_opts[] = {
	OPT_TO,
	{
		.name = "--address",
		.value = "ADDRESS",
		OPT(address),
		.help = "where this host reaches the other; by default the address in its URL",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

int node_teleport(struct ctx *ctx, const struct args *args)
{
	struct vbc_node_teleport_opts opts = VBC_NODE_TELEPORT_OPTS_INIT;
	struct vbc_host *to = NULL;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = connect_other(args, args->to, &to, &ctx->err);

	opts.address = args->address;
	if (!rc)
		rc = vbc_node_teleport(ctx->host, args->words[0], to, &opts, &wait, &ctx->err);
	if (!rc)
		note("node '%s' now runs on host %s", args->words[0], args->to);
	vbc_host_close(to);
	return rc;
}
