/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starting, stopping, rebooting nodes, and waiting for what they do.
 */
#include <string.h>

#include "base/clock.h"
#include "base/given.h"
#include "forward/forward-private.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

#define STARTABLE                                                                                  \
	(VBC_IN(VBC_NODE_RUNNING) | VBC_IN(VBC_NODE_STOPPED) | VBC_IN(VBC_NODE_SUSPENDED) |        \
	 VBC_IN(VBC_NODE_PAUSED))
#define POLL_MS     250
#define PRESS_MS    5000  /* between two presses of an unheard power button           */
#define SHUTDOWN_MS 90000 /* how long a guest may take where the caller sets no limit */
#define SETTLE_MS   60000 /* how long others may start and stop it at the same time  */

struct power {
	const char *id_or_name;
	bool force;
	enum vbc_node_state state; /* waited for */
	const struct vbc_wait *wait;
};

static bool has_power(enum vbc_node_state s)
{
	return s == VBC_NODE_RUNNING || s == VBC_NODE_PAUSED || s == VBC_NODE_STARTING ||
	       s == VBC_NODE_STOPPING;
}

/* Locks the running machine; VBC_E_STATE when it has stopped meanwhile. */
static int get_console(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock,
		       vbc_ref *ret_console)
{
	int code = vbc_lock_close(op, machine, VBC_LockType_Shared, lock);

	if (!code)
		code = vbc_lock_judge(op, machine,
				      vbc_ISession_getConsole(op, lock->session, ret_console));
	if (!code && vbc_ref_is_null(*ret_console))
		code = vbc_fail(&op->error, VBC_E_STATE, "the node does not run any more");
	return code;
}

int vbc_node_take_console(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *lock,
			  vbc_ref *ret_console)
{
	int code = vbc_lock_prepare(op, id, lock);

	if (code)
		return code;
	code = get_console(op, machine, lock, ret_console);
	if (code)
		vbc_lock_drop(op, lock);
	return code;
}

static int launch(struct vbc_op *op, const struct vbc_found *f)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_wait_free(op, f->machine, f->id);

	if (!code)
		code = vbc_lock_prepare(op, f->id, &lock);
	if (!code)
		code = vbc_node_launch(op, f->machine, &lock, 0, 100);
	if (!code)
		code = vbc_forward_started(op, f, &lock, false);
	vbc_lock_drop(op, &lock);
	/* Somebody else may have been faster. */
	if ((code != VBC_E_BUSY && code != VBC_E_STATE) ||
	    !vbc_node_is(op, f->machine, VBC_NODE_RUNNING))
		return code;
	op->error = (struct vbc_error){0};
	return VBC_OK;
}

static int resume(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	int code = vbc_node_take_console(op, machine, id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_resume(op, console);
	vbc_lock_drop(op, &lock);
	return code;
}

int vbc_node_wake(struct vbc_op *op, const struct vbc_found *f, enum vbc_node_state state)
{
	int code;

	if (state == VBC_NODE_PAUSED)
		return resume(op, f->machine, f->id);
	code = launch(op, f);
	return vbc_error_prefix(&op->error, code, "cannot start node '%s'", f->name);
}

static int start_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_found f = {0};
	enum vbc_node_state state = VBC_NODE_UNKNOWN;
	int code;

	op->progress.what = "starting";
	code = vbc_node_find_in(op, p->id_or_name, STARTABLE, "started", &f, &state);
	return code || state == VBC_NODE_RUNNING ? code : vbc_node_wake(op, &f, state);
}

static int cut_power(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	vbc_ref console = {NULL}, progress = {NULL};
	int code = get_console(op, machine, lock, &console);

	if (!code)
		code = vbc_IConsole_powerDown(op, console, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "stopping", 0, 100);
	if (!code)
		lock->locked = false; /* the end of the machine's process unlocks */
	else if (lock->locked)
		vbc_lock_open(op, lock);
	return code;
}

/* A machine whose process crashes over it, or for a reason of its own meanwhile, is off as well. */
static int forgive_crash(struct vbc_op *op, vbc_ref machine, int code)
{
	struct vbc_error failed;
	int looked = VBC_OK;
	bool is_off;

	if (code != VBC_E_FAULT)
		return code;
	failed = vbc_op_try(op);
	is_off = !has_power(vbc_node_settled(op, machine, &looked)) && !looked;
	vbc_op_try_end(op, &failed);
	return is_off ? VBC_OK : code;
}

/* Guests and others may cut the power, or turn it on, at the same time: then one looks again. */
int vbc_node_power_off(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	struct vbc_error saved = op->error;
	int64_t deadline = vbc_now_ms() + SETTLE_MS;

	for (;;) {
		int code = VBC_OK;
		enum vbc_node_state state = vbc_node_settled(op, machine, &code);

		if (!code && has_power(state)) {
			code = forgive_crash(op, machine, cut_power(op, machine, lock));
			if (!code)
				op->error = saved;
		}
		if (!code)
			code = vbc_lock_wait_free(op, machine, lock->id);
		if (code != VBC_E_STATE || vbc_now_ms() >= deadline)
			return code;
		op->error = saved;
		code = vbc_op_sleep(op, POLL_MS);
		if (code)
			return code;
	}
}

/* Presses the power button of a guest that listens to it. */
static int press_button(struct vbc_op *op, const struct vbc_found *f)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	bool acpi = false;
	int code = vbc_node_take_console(op, f->machine, f->id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_getGuestEnteredACPIMode(op, console, &acpi);
	if (!code && !acpi)
		code = vbc_fail(
			&op->error, VBC_E_STATE,
			"the guest of node '%s' does not listen to the power button (it has "
			"not turned ACPI on, or not yet); stop it by force",
			f->name);
	if (!code)
		code = vbc_IConsole_powerButton(op, console);
	vbc_lock_drop(op, &lock);
	return code;
}

/* A press that the guest's driver was not ready for is lost, so an unheard one is repeated. */
static void press_again(struct vbc_op *op, const struct vbc_found *f)
{
	struct vbc_error saved = vbc_op_try(op);
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	bool handled = false;

	if (!vbc_node_take_console(op, f->machine, f->id, &lock, &console)) {
		if (!vbc_IConsole_getPowerButtonHandled(op, console, &handled) && !handled)
			vbc_IConsole_powerButton(op, console);
		vbc_lock_drop(op, &lock);
	}
	vbc_op_try_end(op, &saved); /* it may just have ended: the next look at it tells */
}

static int await_off(struct vbc_op *op, const struct vbc_found *f, const struct power *p)
{
	int64_t deadline = p->wait && p->wait->timeout_ms ? 0 : vbc_now_ms() + SHUTDOWN_MS;
	int64_t press_at = vbc_now_ms() + PRESS_MS;
	int code = VBC_OK;

	while (has_power(vbc_node_state_now(op, f->machine, &code)) && !code) {
		if (vbc_now_ms() >= press_at) {
			press_again(op, f);
			press_at = vbc_now_ms() + PRESS_MS;
		}
		code = vbc_op_sleep(op, POLL_MS);
		if (code)
			vbc_error_prefix(&op->error, code, "node '%s' still runs", f->name);
		if (!code && deadline && vbc_now_ms() >= deadline)
			code = vbc_fail(
				&op->error, VBC_E_TIMEOUT,
				"the guest of node '%s' did not shut down within %d s of the "
				"power button; it still runs",
				f->name, SHUTDOWN_MS / 1000);
	}
	return code ? code : vbc_lock_wait_free(op, f->machine, f->id);
}

static int shut_down(struct vbc_op *op, const struct vbc_found *f, const struct power *p)
{
	int code = press_button(op, f);

	return code ? code : await_off(op, f, p);
}

static int stop_by_force(struct vbc_op *op, const struct vbc_found *f)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_prepare(op, f->id, &lock);

	if (code)
		return code;
	code = vbc_node_power_off(op, f->machine, &lock);
	vbc_lock_drop(op, &lock);
	return code;
}

static int stop_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_found f = {0};
	enum vbc_node_state state = VBC_NODE_UNKNOWN;
	int code;

	op->progress.what = "stopping";
	code = vbc_node_find_in(op, p->id_or_name, ~0u, "stopped", &f, &state);
	if (code || !has_power(state))
		return code;
	if (p->force)
		return stop_by_force(op, &f);
	if (state == VBC_NODE_PAUSED)
		return vbc_fail(
			&op->error, VBC_E_STATE,
			"node '%s' is paused and cannot shut down; start it first, or stop it "
			"by force",
			f.name);
	return shut_down(op, &f, p);
}

static int reset(struct vbc_op *op, const struct vbc_found *f)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	int code = vbc_node_take_console(op, f->machine, f->id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_reset(op, console);
	vbc_lock_drop(op, &lock);
	return code;
}

/* VirtualBox has no button that makes a guest reboot: it shuts down, and is started again. */
static int reboot_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_found f = {0};
	int code;

	op->progress.what = "rebooting";
	code = vbc_node_find_in(op, p->id_or_name, VBC_IN(VBC_NODE_RUNNING), "rebooted", &f, NULL);
	if (!code && p->force)
		return reset(op, &f);
	if (!code)
		code = shut_down(op, &f, p);
	return code ? code : launch(op, &f);
}

static int wait_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_found f = {0};
	bool had_power = false;
	int code = vbc_node_find(op, p->id_or_name, &f);

	op->progress.what = "waiting";
	while (!code) {
		struct vbc_arena kept = vbc_op_borrow(op); /* this may go on for days */
		enum vbc_node_state state = vbc_node_state_now(op, f.machine, &code);

		vbc_op_borrow_end(op, &kept);
		if (code || state == p->state)
			break;
		had_power = had_power || has_power(state);
		if (p->state == VBC_NODE_RUNNING && had_power && !has_power(state))
			return vbc_fail(&op->error, VBC_E_STATE,
					"node '%s' will not be running: it ended before it ran",
					f.name);
		if (state == VBC_NODE_ERROR)
			return vbc_fail(&op->error, VBC_E_STATE,
					"node '%s' will not be %s: VirtualBox cannot use it",
					f.name, vbc_node_state_name(p->state));
		kept = vbc_op_borrow(op);
		code = vbc_op_check_there(op);
		vbc_op_borrow_end(op, &kept);
		if (!code)
			code = vbc_op_sleep(op, POLL_MS);
	}
	if (code && f.name)
		vbc_error_prefix(&op->error, code, "node '%s' is not %s", f.name,
				 vbc_node_state_name(p->state));
	return code;
}

int vbc_node_start(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		   struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name};

	return vbc_op_run(host, wait, err, start_body, &p);
}

int vbc_node_stop(struct vbc_host *host, const char *id_or_name, bool force,
		  const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name, .force = force, .wait = wait};

	return vbc_op_run(host, wait, err, stop_body, &p);
}

int vbc_node_reboot(struct vbc_host *host, const char *id_or_name, bool force,
		    const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name, .force = force, .wait = wait};

	return vbc_op_run(host, wait, err, reboot_body, &p);
}

int vbc_node_wait(struct vbc_host *host, const char *id_or_name, enum vbc_node_state state,
		  const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name, .state = state};

	return vbc_op_run(host, wait, err, wait_body, &p);
}
