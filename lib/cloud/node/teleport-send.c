/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teleport-send.h"

#include "base/clock.h"
#include "machine/node-ref.h"
#include "machine/power-off.h"
#include "node/teleport-listen.h"
#include "node/teleport-state.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

#define POLL_MS         100
#define JUDGE_MS        30000
#define STEP_MS         500
#define CONNECT_MS      10000 /* as long one tries to connect  */
#define RETRY_MS        500   /* this long after the last time */
#define MAX_DOWNTIME_MS 250   /* VirtualBox's own default      */

/* The end of the machine's process fails the calls that wait for it, which says nothing. */
static int source_await_sent(struct vbc_op *op, struct vbc_op *target, vbc_ref progress)
{
	bool completed = false;
	int code = VBC_OK;

	while (!code && !completed) {
		struct vbc_aside aside = vbc_aside_begin(op);

		vbc_op_keep(op);
		vbc_op_keep(target);
		completed = vbc_IProgress_waitForCompletion(op, progress, STEP_MS) ||
			    vbc_IProgress_getCompleted(op, progress, &completed) || completed;
		vbc_aside_restore(&aside);
		code = vbc_op_tick(op);
	}
	if (code)
		vbc_progress_abort(op, progress);
	return code;
}

/* Why it did not go: the progress object may tell. */
static int source_explain(struct vbc_op *op, vbc_ref progress)
{
	int code = vbc_progress_wait(op, progress, "teleporting", 0, 100);

	return code ? code : vbc_fail(&op->error, VBC_E_STATE, "VirtualBox did not teleport it");
}

static int source_judge(struct vbc_op *op, vbc_ref machine, vbc_ref progress)
{
	int64_t deadline = vbc_now_ms() + JUDGE_MS;

	for (;;) {
		enum vbc_teleport_state state = VBC_TELEPORT_ELSE;
		int code = vbc_teleport_state(op, machine, &state);

		if (code || state == VBC_TELEPORT_GIVEN)
			return code;
		if (state == VBC_TELEPORT_UP || vbc_now_ms() >= deadline)
			return source_explain(op, progress);
		vbc_sleep_ms(POLL_MS);
	}
}

static int source_send_once(struct vbc_op *op, struct vbc_op *target,
			    const struct vbc_node_ref *node, const struct vbc_teleport_way *way)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL}, progress = {NULL};
	int code = vbc_node_take_console(op, node->machine, node->id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_teleport(op, console, way->address, way->port, way->password,
				     MAX_DOWNTIME_MS, &progress);
	if (!code) {
		int sent = source_await_sent(op, target, progress);
		bool undoing = op->undoing;

		op->undoing = true; /* where it is must be known, also when nobody waits any more */
		code = source_judge(op, node->machine, progress);
		op->undoing = undoing;
		if (code && sent)
			code = sent;
	}
	lock.locked = code != VBC_OK; /* the end of the machine's process unlocks */
	vbc_lock_drop(op, &lock);
	return code;
}

int vbc_teleport_send(struct vbc_op *op, struct vbc_op *target, const struct vbc_node_ref *node,
		      const struct vbc_teleport_way *way)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	int64_t deadline = vbc_now_ms() + CONNECT_MS;
	bool ended = false;
	int code = source_send_once(op, target, node, way);

	while (code == VBC_E_FAULT && !ended && vbc_now_ms() < deadline) {
		vbc_op_forgive(op);
		code = vbc_teleport_check_start(target, way, &ended);
		if (!code && !ended)
			code = vbc_op_sleep(op, RETRY_MS);
		if (!code && !ended)
			code = source_send_once(op, target, node, way);
	}
	return vbc_aside_end(&aside, code);
}
