/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node start, stop, reboot, pause, suspend, resume, discard: whether a node runs.
 */
#include "cmd-node.h"
#include "report.h"

const struct opt node_start_opts[] = {OPTS_CHOOSE, OPT_TIMEOUT, {.name = NULL}};

const struct opt node_stop_opts[] = {
	OPTS_CHOOSE,
	{
		.name = "--force",
		OPT(force),
		.help = "cut the power instead of asking the guest",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

const struct opt node_reboot_opts[] = {
	{
		.name = "--force",
		OPT(force),
		.help = "press the reset button instead of asking the guest",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

int node_start(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_start(ctx->host, node, NULL, &wait, err);

	if (!rc)
		note("node '%s' is running", node);
	return rc;
}

int node_stop(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_node_stop_opts opts = {.size = sizeof(opts), .force = args->force};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_stop(ctx->host, node, &opts, &wait, err);

	if (!rc)
		note("node '%s' is stopped", node);
	return rc;
}

int node_reboot(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_node_stop_opts opts = {.size = sizeof(opts), .force = args->force};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_reboot(ctx->host, node, &opts, &wait, err);

	if (!rc)
		note("rebooted node '%s'", node);
	return rc;
}

int node_pause(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	int rc = vbc_node_pause(ctx->host, node, NULL, &brief_wait, err);

	(void)args;
	if (!rc)
		note("node '%s' is paused", node);
	return rc;
}

int node_suspend(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_suspend(ctx->host, node, NULL, &wait, err);

	if (!rc)
		note("node '%s' is suspended", node);
	return rc;
}

int node_resume(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_resume(ctx->host, node, NULL, &wait, err);

	if (!rc)
		note("node '%s' is running", node);
	return rc;
}

int node_discard(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	int rc = vbc_node_discard_state(ctx->host, node, &brief_wait, err);

	(void)args;
	if (!rc)
		note("node '%s' is stopped", node);
	return rc;
}
