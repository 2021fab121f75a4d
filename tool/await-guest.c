/* SPDX-License-Identifier: Apache-2.0 */
#include "await-guest.h"

#include "listener.h"
#include "login.h"
#include "meter.h"
#include "reach.h"
#include "report.h"
#include "try-login.h"
#include "util.h"

#define LOGIN_S 300 /* at most, once its SSH server answers */

struct boot {
	struct ctx *ctx;
	const struct vbc_node *node;
	struct listener *listener;
	int64_t began_ms;
	unsigned timeout_s;
};

/* How long the guest has been at it, and what it says, is more than a percentage nobody knows. */
static int boot_tick(void *data, const struct vbc_progress *progress)
{
	const struct boot *b = data;
	char said[LAST_LINE_MAX + 1];

	(void)progress;
	listener_copy(b->listener, said);
	return meter_tick_since("the guest boots", b->began_ms, said);
}

static int boot_reach(const struct boot *b, const struct vbc_wait *wait, bool until_it_greets,
		      struct vbc_error *err)
{
	struct vbc_ssh *ssh = NULL;
	int rc = reach_ssh(b->ctx, b->node->id, until_it_greets, wait, &ssh, err);

	vbc_ssh_free(ssh);
	return rc;
}

/* *ret_open: whether others than its host reach it. */
static int boot_find_way(const struct boot *b, const struct vbc_wait *wait, bool *ret_open)
{
	struct vbc_error err = {0};
	struct vbc_node *known = NULL;
	int rc = vbc_node_wait_address(b->ctx->host, b->node->id, wait, &known, &b->ctx->err);

	vbc_node_free(known);
	if (rc)
		return rc;
	rc = boot_reach(b, wait, false, &err);
	*ret_open = rc != VBC_E_STATE || vbc_error_hint(&err) != VBC_HINT_OPEN_SSH;
	if (!*ret_open)
		warn("%s", err.text);
	return 0; /* any other error comes again */
}

/* What it said last may be the reason. */
static int boot_fail_timeout(const struct boot *b)
{
	char said[LAST_LINE_MAX + 1];

	listener_copy(b->listener, said);
	if (*said)
		note("the last line from its guest: %s", said);
	b->ctx->err = (struct vbc_error){0};
	return fail(&b->ctx->err, VBC_E_TIMEOUT,
		    "the guest of node '%s' did not answer by SSH within %u s; '--timeout' allows "
		    "more time, '--keep' keeps the node for inspection",
		    b->node->name, b->timeout_s);
}

static int boot_await_ssh(struct boot *b, bool *ret_open)
{
	struct vbc_wait wait = begin_wait(b->timeout_s);
	int rc;

	wait.tick = boot_tick;
	wait.data = b;
	rc = boot_find_way(b, &wait, ret_open);
	if (!rc && *ret_open)
		rc = boot_reach(b, &wait, true, &b->ctx->err);
	return rc == VBC_E_TIMEOUT ? boot_fail_timeout(b) : rc;
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
		warn("logging in was not tried: %s", ctx->err.text);
		ctx->err = (struct vbc_error){0};
		return 0;
	}
	if (!rc)
		note("it lets %s log in", login.user);
	return rc;
}

int await_guest(struct ctx *ctx, const struct vbc_node *node, unsigned timeout_s, bool *ret_reached)
{
	struct boot boot = {.ctx = ctx,
			    .node = node,
			    .began_ms = meter_now_ms(),
			    .timeout_s = timeout_s,
			    .listener = listener_begin(ctx->host, node->id)};
	bool open = false;
	int rc;

	note("it runs, and its guest boots");
	rc = boot_await_ssh(&boot, &open);
	listener_end(boot.listener);
	*ret_reached = open;
	if (rc || !open)
		return rc;
	note("its SSH server answers after %u s",
	     (unsigned)((meter_now_ms() - boot.began_ms) / 1000));
	return guest_log_in(ctx, node, boot.began_ms, timeout_s);
}
