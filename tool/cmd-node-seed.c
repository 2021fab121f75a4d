/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node seed: another first boot for a node.
 */
#include "cmd-node.h"
#include "first-boot.h"
#include "report.h"

const struct opt node_seed_opts[] = {OPTS_FIRST_BOOT, OPT_TIMEOUT, {.name = NULL}};

int node_seed(struct ctx *ctx, const struct args *args)
{
	struct first_boot first_boot CLEANUP(first_boot_done);
	int rc = first_boot_read(args, &first_boot, &ctx->err);
	struct vbc_wait wait;

	if (rc)
		return rc;
	wait = begin_wait(args->timeout_s);
	rc = vbc_first_boot_replace(ctx->host, args->words[0], &first_boot.told, &wait, &ctx->err);
	if (!rc)
		note("node '%s' has a new seed; its next boot is a first one", args->words[0]);
	return rc;
}
