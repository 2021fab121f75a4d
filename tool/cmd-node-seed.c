/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node seed: another first boot for a node.
 */
#include <stdlib.h>

#include "cmd-node-create.h"
#include "cmd-node.h"
#include "first-boot.h"
#include "login.h"
#include "report.h"
#include "util.h"

const struct opt node_seed_opts[] = {OPTS_FIRST_BOOT, OPT_TIMEOUT, {.name = NULL}};

/* The next guest lets another key in, perhaps, and has another host key. */
static void seed_remember_login(struct ctx *ctx, const char *node, const char *identity)
{
	char *kept FREE = identity ? NULL : login_find_kept(ctx, node);
	struct vbc_error err = {0};
	struct vbc_node *found = NULL;

	if (kept)
		login_forget_host_key(kept);
	if (!identity)
		return;
	if (vbc_node_get(ctx->host, node, &found, &err)) {
		warn("the key of node '%s' is not remembered: %s", node, err.text);
		return;
	}
	node_remember_identity(found, identity);
	login_forget_host_key(found->id);
	vbc_node_free(found);
}

int node_seed(struct ctx *ctx, const struct args *args)
{
	struct first_boot first_boot CLEANUP(first_boot_done);
	int rc = first_boot_read(args, &first_boot, &ctx->err);
	struct vbc_wait wait;

	if (rc)
		return rc;
	wait = begin_wait(args->timeout_s);
	rc = vbc_first_boot_replace(ctx->host, args->words[0], &first_boot.told, &wait, &ctx->err);
	if (rc)
		return rc;
	seed_remember_login(ctx, args->words[0], first_boot.identity);
	note("node '%s' has a new seed; its next boot counts as its first", args->words[0]);
	return 0;
}
