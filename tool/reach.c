/* SPDX-License-Identifier: Apache-2.0 */
#include "reach.h"

#include "jump.h"
#include "util.h"

int reach_ssh(struct ctx *ctx, const char *node, bool until_it_greets, const struct vbc_wait *wait,
	      struct vbc_ssh **ret, struct vbc_error *err)
{
	struct jump jump CLEANUP(jump_done) = {.place = ctx->jump};
	struct vbc_ssh_opts opts = VBC_SSH_OPTS_INIT;

	opts.on_host = ctx->jump != NULL;
	opts.wait = until_it_greets;
	opts.dial = jump_dial;
	opts.data = &jump;
	return vbc_ssh_reach(ctx->host, node, &opts, wait, ret, err);
}
