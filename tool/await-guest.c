/* SPDX-License-Identifier: Apache-2.0 */
#include "await-guest.h"

#include "jump.h"
#include "login.h"
#include "meter.h"
#include "report.h"
#include "try-login.h"
#include "util.h"

#define LOGIN_S 300 /* at most, once its SSH server answers */

/* How long the guest has been at it says more than the 0 percent that nobody knows better. */
static int guest_tick(void *data, const struct vbc_progress *progress)
{
	(void)progress;
	return meter_tick_since("the guest boots", *(const int64_t *)data);
}

/* Also through the host itself, where the configuration says how to log in there. */
static int guest_reach(struct ctx *ctx, const struct vbc_node *node, const struct vbc_wait *wait,
		       bool until_it_answers, struct vbc_error *err)
{
	struct jump jump CLEANUP(jump_done) = {.place = ctx->jump};
	struct vbc_ssh_opts opts = VBC_SSH_OPTS_INIT;
	struct vbc_ssh *ssh = NULL;
	int rc;

	opts.on_host = ctx->jump != NULL;
	opts.wait = until_it_answers;
	opts.dial = jump_dial;
	opts.data = &jump;
	rc = vbc_ssh_reach(ctx->host, node->id, &opts, wait, &ssh, err);
	vbc_ssh_free(ssh);
	return rc;
}

/* *ret_open: whether others than its host reach it. */
static int guest_find_way(struct ctx *ctx, const struct vbc_node *node, const struct vbc_wait *wait,
			  bool *ret_open)
{
	struct vbc_error err = {0};
	struct vbc_node *known = NULL;
	int rc = vbc_node_wait_address(ctx->host, node->id, wait, &known, &ctx->err);

	vbc_node_free(known);
	if (rc)
		return rc;
	rc = guest_reach(ctx, node, wait, false, &err);
	*ret_open = rc != VBC_E_STATE || vbc_error_hint(&err) != VBC_HINT_OPEN_SSH;
	if (!*ret_open)
		warn("%s", err.text);
	return 0; /* any other error comes again */
}

static int guest_await_ssh(struct ctx *ctx, const struct vbc_node *node, int64_t began_ms,
			   unsigned timeout_s, bool *ret_open)
{
	struct vbc_wait wait = begin_wait(timeout_s);
	int rc;

	wait.tick = guest_tick;
	wait.data = &began_ms;
	rc = guest_find_way(ctx, node, &wait, ret_open);
	if (!rc && *ret_open)
		rc = guest_reach(ctx, node, &wait, true, &ctx->err);
	if (rc != VBC_E_TIMEOUT)
		return rc;
	ctx->err = (struct vbc_error){0};
	return fail(&ctx->err, rc,
		    "the guest of node '%s' did not answer by SSH within %u s; '--timeout' gives "
		    "it longer, '--keep' keeps the node to look at it",
		    node->name, timeout_s);
}

/* Without a user there is nothing to try, and without ssh nothing to try it with. */
static int guest_log_in(struct ctx *ctx, const struct vbc_node *node, int64_t began_ms,
			unsigned timeout_s)
{
	const struct args as_remembered = {.name = NULL};
	struct login login CLEANUP(login_done) = {.ssh = NULL};
	int rc = login_find(ctx, &as_remembered, node->id, false, &login, &ctx->err);

	if (rc || !login.user)
		return rc;
	rc = try_login(&login, timeout_s < LOGIN_S ? timeout_s : LOGIN_S, began_ms, &ctx->err);
	if (rc == VBC_E_NOTFOUND) {
		warn("whether one can log in was not tried: %s", ctx->err.text);
		ctx->err = (struct vbc_error){0};
		return 0;
	}
	if (!rc)
		note("it lets %s log in", login.user);
	return rc;
}

int await_guest(struct ctx *ctx, const struct vbc_node *node, unsigned timeout_s, bool *ret_reached)
{
	int64_t began_ms = meter_now_ms();
	bool open = false;
	int rc;

	note("it runs, and its guest boots");
	rc = guest_await_ssh(ctx, node, began_ms, timeout_s, &open);
	*ret_reached = open;
	if (rc || !open)
		return rc;
	note("its SSH server answers after %u s", (unsigned)((meter_now_ms() - began_ms) / 1000));
	return guest_log_in(ctx, node, began_ms, timeout_s);
}
