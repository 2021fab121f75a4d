/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cutting the power of a machine, and the console of one that runs.
 */
#include "machine/power-off.h"

#include "base/clock.h"
#include "machine/wait-stable.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

#define POLL_MS     250
#define PATIENCE_MS 60000 /* how long others may start and stop it at the same time */

bool vbc_node_has_power(enum vbc_node_state s)
{
	return s == VBC_NODE_STATE_RUNNING || s == VBC_NODE_STATE_PAUSED ||
	       s == VBC_NODE_STATE_STARTING || s == VBC_NODE_STATE_STOPPING;
}

/* Locks the running machine; VBC_E_STATE when it has stopped meanwhile. */
static int power_get_console(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock,
			     vbc_ref *ret_console)
{
	int code = vbc_lock_lock(op, machine, VBC_LockType_Shared, lock);

	if (!code)
		code = vbc_lock_judge(op, machine,
				      vbc_ISession_getConsole(op, lock->session, ret_console));
	if (!code && vbc_ref_is_null(*ret_console))
		code = vbc_fail(&op->error, VBC_E_STATE, "the node is no longer running");
	return code;
}

int vbc_node_take_console(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *lock,
			  vbc_ref *ret_console)
{
	int code = vbc_lock_prepare(op, id, lock);

	if (code)
		return code;
	code = power_get_console(op, machine, lock, ret_console);
	if (code)
		vbc_lock_drop(op, lock);
	return code;
}

static int power_cut_off(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	vbc_ref console = {NULL}, progress = {NULL};
	int code = power_get_console(op, machine, lock, &console);

	if (!code)
		code = vbc_IConsole_powerDown(op, console, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "stopping", 0, 100);
	if (!code)
		lock->locked = false; /* the end of the machine's process unlocks */
	else if (lock->locked)
		vbc_lock_unlock(op, lock);
	return code;
}

/* A machine whose process crashes over it, or for a reason of its own meanwhile, is off as well. */
static int power_forgive_crash(struct vbc_op *op, vbc_ref machine, int code)
{
	struct vbc_aside aside;
	int looked = VBC_OK;
	bool is_off;

	if (code != VBC_E_FAULT)
		return code;
	aside = vbc_aside_begin(op);
	is_off = !vbc_node_has_power(vbc_node_wait_stable(op, machine, &looked)) && !looked;
	vbc_aside_restore(&aside);
	return is_off ? vbc_op_forgive(op) : code;
}

/* Guests and others may cut the power, or turn it on, at the same time: then one looks again. */
int vbc_node_power_off(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	int64_t deadline = vbc_now_ms() + PATIENCE_MS;

	for (;;) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
		int code = VBC_OK;
		bool is_free = false;
		enum vbc_node_state state = vbc_node_wait_at_rest(op, machine, &is_free, &code);

		if (!code && vbc_node_has_power(state))
			code = power_forgive_crash(op, machine, power_cut_off(op, machine, lock));
		if (!code && !is_free)
			code = vbc_lock_wait_free(op, machine, lock->id);
		if (code != VBC_E_STATE || vbc_now_ms() >= deadline)
			return vbc_aside_end(&aside, code);
		vbc_aside_restore(&aside);
		code = vbc_op_sleep(op, POLL_MS);
		if (code)
			return code;
	}
}
