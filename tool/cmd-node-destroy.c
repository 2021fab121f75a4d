/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node destroy: a node and its disks.
 */
#include "cmd-node.h"
#include "identity.h"
#include "login.h"
#include "report.h"
#include "util.h"

const struct opt node_destroy_opts[] = {OPTS_CHOOSE, OPT_TIMEOUT, {.name = NULL}};

int node_destroy(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	char *id FREE = login_find_kept(ctx, node);
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_destroy(ctx->host, node, &wait, err);

	if (rc)
		return rc;
	identity_forget(id ? id : node);
	login_forget_host_key(id ? id : node);
	note("destroyed node '%s'", node);
	return 0;
}
