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

/* The id of a node of whose key we may know, which is to be forgotten with it; NULL: it is said
   already, or nothing is known. */
static char *node_find_id(struct ctx *ctx, const char *node)
{
	struct vbc_error ignored = {0};
	struct vbc_node *found = NULL;
	char *id = NULL;

	if (identity_needs_id(node) && !vbc_node_get(ctx->host, node, &found, &ignored))
		id = must(strdup(found->id));
	vbc_node_free(found);
	return id;
}

int node_destroy(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	char *id FREE = node_find_id(ctx, node);
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_destroy(ctx->host, node, &wait, err);

	if (rc)
		return rc;
	identity_forget(id ? id : node);
	login_forget_host_key(id ? id : node);
	note("destroyed node '%s'", node);
	return 0;
}
