/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The host waits at most half a second per call, so that no thread of it is held for long and the
 * caller can cancel.
 */
#include "vbox/progress.h"

#include "base/clock.h"
#include "vbox/aside.h"
#include "vbox/fault.h"

#define STEP_MS   500
#define CANCEL_MS 30000 /* how long a cancelled work may take to end, where its caller waits */

void vbc_progress_abort(struct vbc_op *op, vbc_ref progress)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool cancelable = false, completed = false;
	int64_t deadline = vbc_now_ms() + CANCEL_MS;
	bool undoing = op->undoing;

	op->undoing = true;
	if (!vbc_IProgress_getCancelable(op, progress, &cancelable) && cancelable)
		vbc_IProgress_cancel(op, progress);
	do {
		if (vbc_IProgress_waitForCompletion(op, progress, STEP_MS) ||
		    vbc_IProgress_getCompleted(op, progress, &completed))
			break;
	} while (!completed && vbc_now_ms() < deadline && !vbc_op_tick(op));
	op->undoing = undoing;
}

/* Waits one step; *ret_completed. */
static int progress_wait_step(struct vbc_op *op, vbc_ref progress, unsigned from, unsigned to,
			      bool *ret_completed)
{
	int64_t began = vbc_now_ms();
	uint32_t percent = 0;
	int code = vbc_IProgress_waitForCompletion(op, progress, STEP_MS);

	if (code)
		return code;
	if (vbc_now_ms() - began < STEP_MS - 50) { /* it ended before the step did */
		*ret_completed = true;
		return VBC_OK;
	}
	code = vbc_IProgress_getCompleted(op, progress, ret_completed);
	if (!code && !*ret_completed)
		code = vbc_IProgress_getPercent(op, progress, &percent);
	if (!code && !*ret_completed)
		op->progress.percent = from + (to - from) * (percent < 100 ? percent : 100) / 100;
	return code;
}

static int progress_check_result(struct vbc_op *op, vbc_ref progress)
{
	int32_t rc = 0;
	vbc_ref info = {NULL};
	int code = vbc_IProgress_getResultCode(op, progress, &rc);

	if (code || rc >= 0)
		return code;
	if (op->error.code)
		return vbc_code_from_result(rc, 0);
	vbc_IProgress_getErrorInfo(op, progress, &info);
	vbc_op_forgive(op);
	return vbc_fault_from_info(op, rc, "", info);
}

int vbc_progress_wait(struct vbc_op *op, vbc_ref progress, const char *what, unsigned from,
		      unsigned to)
{
	bool completed = false;
	int code = VBC_OK;

	op->progress.what = what;
	op->progress.percent = from;
	while (!code && !completed) {
		code = progress_wait_step(op, progress, from, to, &completed);
		if (!code && !completed)
			code = vbc_op_tick(op);
	}
	/* Whatever was wrong, the work must not go on while its caller cleans up. */
	if (code)
		vbc_progress_abort(op, progress);
	if (!code) {
		op->progress.percent = to;
		code = progress_check_result(op, progress);
	}
	vbc_op_release_small(op, progress);
	return code;
}
