/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Running an operation, once more where the host has forgotten its web session or an object.
 */
#include "vbox/run.h"
#include "base/wait.h"

#include "vbox/aside.h"
#include "vbox/fault.h"
#include "vbox/websession.h"

/* What calls fail with for want of it, too. */
static bool run_may_be_gone(int code)
{
	return code == VBC_E_FAULT || code == VBC_E_NOTFOUND || code == VBC_E_BUSY ||
	       code == VBC_E_STATE;
}

static int run_explain_gone(struct vbc_op *op, int code)
{
	struct vbc_aside aside;
	int now;

	if (!run_may_be_gone(code))
		return code;
	aside = vbc_aside_begin(op);
	op->undoing = true; /* the caller's time may be over, the answer is worth a call */
	now = vbc_op_check_there(op);
	if (!now && aside.error.result == VBC_RESULT_NOT_READY)
		now = vbc_op_check_readable(op);
	if (now == VBC_E_NOTFOUND ||
	    (now == VBC_E_STATE && aside.error.result == VBC_RESULT_NOT_READY))
		return now;
	vbc_aside_restore(&aside);
	return code;
}

static int run_op_once(struct vbc_op *op, int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	/* In a short one it may not be asked again. */
	bool asks = (op->wait && op->wait->tick) || op->host->tick;
	int code = asks ? vbc_op_tick(op) : VBC_OK;

	if (!code)
		code = vbc_websession_take(op);
	if (!code)
		code = body(op, arg);
	op->leases = NULL; /* their entries were the body's */
	/* What was read cannot be whole then, however the body took it. */
	if (!code && op->stale && !op->wrote)
		code = vbc_op_fail_stale(op);
	code = run_explain_gone(op, code);
	/* One that its host was silent in is not logged off: that would be waited for too. */
	vbc_websession_give_back(op, op->stale || op->given_up);
	return code;
}

/* Failures that a second run may not meet: of a new web session, or with an object less. */
static bool run_may_pass(const struct vbc_op *op, int code)
{
	return (code == VBC_E_STALE && op->stale) ||
	       (code == VBC_E_BUSY && op->error.result == VBC_RESULT_NOT_READY);
}

/* When the caller's patience ends, or the handle's time. */
static int64_t run_find_deadline(const struct vbc_host *host, const struct vbc_wait *wait)
{
	int64_t deadline = vbc_wait_deadline(wait);

	return host->ends_ms && (!deadline || host->ends_ms < deadline) ? host->ends_ms : deadline;
}

int vbc_op_run(struct vbc_host *host, const struct vbc_wait *wait, struct vbc_error *err,
	       int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	int64_t deadline = run_find_deadline(host, wait);
	struct vbc_error error = {0};
	int code = VBC_OK;

	for (int attempt = 0; attempt < 2; attempt++) {
		struct vbc_op op = {.host = host,
				    .wait = wait,
				    .deadline_ms = deadline,
				    .progress = {.what = "connecting"}};
		bool again;

		vbc_op_init_buffers(&op);
		code = run_op_once(&op, body, arg);
		error = op.error;
		again = !op.wrote && !op.cancelled && !op.given_up && !op.over_ms &&
			run_may_pass(&op, code);
		if (!code)
			vbc_results_hand_over(&op.results);
		vbc_op_done(&op);
		if (!again)
			break;
	}
	if (code && err && !err->code)
		*err = error;
	return code;
}
