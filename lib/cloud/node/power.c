/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starting, stopping, rebooting nodes, and waiting for what they do.
 */
#include "node/power.h"

#include "base/clock.h"
#include "base/given.h"
#include "forward/live.h"
#include "journal/run.h"
#include "machine/on-node.h"
#include "machine/power-off.h"
#include "machine/state-now.h"
#include "machine/wait-stable.h"
#include "node/launch.h"
#include "vbox/aside.h"
#include "vbox/lock.h"

#define STARTABLE                                                                                  \
	(VBC_IN(VBC_NODE_STATE_RUNNING) | VBC_IN(VBC_NODE_STATE_STOPPED) |                         \
	 VBC_IN(VBC_NODE_STATE_SUSPENDED) | VBC_IN(VBC_NODE_STATE_PAUSED))
#define POLL_MS     250
#define PRESS_MS    5000  /* between two presses of an unheard power button           */
#define SHUTDOWN_MS 90000 /* how long a guest may take where the caller sets no limit */
struct power {
	const char *id_or_name;
	bool force;
	const struct vbc_wait *wait;
};

static int power_launch_node(struct vbc_op *op, const struct vbc_node_ref *f)
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
	    !vbc_node_is(op, f->machine, VBC_NODE_STATE_RUNNING))
		return code;
	return vbc_op_forgive(op);
}

static int power_resume_node(struct vbc_op *op, vbc_ref machine, const char *id)
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

int vbc_node_wake(struct vbc_op *op, const struct vbc_node_ref *f, enum vbc_node_state state)
{
	int code;

	if (state == VBC_NODE_STATE_PAUSED)
		return power_resume_node(op, f->machine, f->id);
	code = power_launch_node(op, f);
	return vbc_error_prefix(&op->error, code, "cannot start node '%s'", f->name);
}

static int node_start_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_node_ref f = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	int code;

	op->progress.what = "starting";
	code = vbc_node_find_in(op, p->id_or_name, STARTABLE, "started", &f, &state);
	return code || state == VBC_NODE_STATE_RUNNING ? code : vbc_node_wake(op, &f, state);
}

/* Presses the power button of a guest that listens to it. */
static int power_press_button(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	bool acpi = false;
	int code = vbc_node_take_console(op, f->machine, f->id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_getGuestEnteredACPIMode(op, console, &acpi);
	if (!code && !acpi)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"the guest of node '%s' does not react to the power button (it has "
				"not enabled ACPI, or not yet); stop it by force",
				f->name);
	if (!code)
		code = vbc_IConsole_powerButton(op, console);
	vbc_lock_drop(op, &lock);
	return code;
}

/* A press that the guest's driver was not ready for is lost, so an unheard one is repeated. */
static void power_press_again(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_aside VBC_ASIDE aside =
		vbc_aside_begin(op); /* it may just have ended: the next look at it tells */
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	bool handled = false;

	if (!vbc_node_take_console(op, f->machine, f->id, &lock, &console)) {
		if (!vbc_IConsole_getPowerButtonHandled(op, console, &handled) && !handled)
			vbc_IConsole_powerButton(op, console);
		vbc_lock_drop(op, &lock);
	}
}

static int power_await_off(struct vbc_op *op, const struct vbc_node_ref *f, const struct power *p)
{
	int64_t deadline = p->wait && p->wait->timeout_ms ? 0 : vbc_now_ms() + SHUTDOWN_MS;
	int64_t press_at = vbc_now_ms() + PRESS_MS;
	enum vbc_node_state state;
	int code = VBC_OK;

	while (!code) {
		code = vbc_machine_state(op, f->machine, &state);
		if (code || !vbc_node_has_power(state))
			break;
		if (vbc_now_ms() >= press_at) {
			power_press_again(op, f);
			press_at = vbc_now_ms() + PRESS_MS;
		}
		code = vbc_op_sleep(op, POLL_MS);
		if (code)
			vbc_error_prefix(&op->error, code, "node '%s' is still running", f->name);
		if (!code && deadline && vbc_now_ms() >= deadline)
			code = vbc_fail(&op->error, VBC_E_TIMEOUT,
					"the guest of node '%s' did not shut down within %d s of "
					"the power button; it is still running",
					f->name, SHUTDOWN_MS / 1000);
	}
	return code ? code : vbc_lock_wait_free(op, f->machine, f->id);
}

static int power_shut_down(struct vbc_op *op, const struct vbc_node_ref *f, const struct power *p)
{
	int code = power_press_button(op, f);

	return code ? code : power_await_off(op, f, p);
}

static int power_stop_by_force(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_prepare(op, f->id, &lock);

	if (code)
		return code;
	code = vbc_node_power_off(op, f->machine, &lock);
	vbc_lock_drop(op, &lock);
	return code;
}

static int node_stop_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_node_ref f = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	int code;

	op->progress.what = "stopping";
	code = vbc_node_find_in(op, p->id_or_name, ~0u, "stopped", &f, &state);
	if (code || !vbc_node_has_power(state))
		return code;
	if (p->force)
		return power_stop_by_force(op, &f);
	if (state == VBC_NODE_STATE_PAUSED)
		return vbc_fail(
			&op->error, VBC_E_STATE,
			"node '%s' is paused and cannot shut down; start it first, or stop it "
			"by force",
			f.name);
	return power_shut_down(op, &f, p);
}

static int power_reset_node(struct vbc_op *op, const struct vbc_node_ref *f)
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
static int node_reboot_body(struct vbc_op *op, void *arg)
{
	const struct power *p = arg;
	struct vbc_node_ref f = {0};
	int code;

	op->progress.what = "rebooting";
	code = vbc_node_find_in(op, p->id_or_name, VBC_IN(VBC_NODE_STATE_RUNNING), "rebooted", &f,
				NULL);
	if (!code && p->force)
		return power_reset_node(op, &f);
	if (!code)
		code = power_shut_down(op, &f, p);
	return code ? code : power_launch_node(op, &f);
}

static int node_wait_state_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	const enum vbc_node_state *wanted = arg;
	bool had_power = false;
	int code = VBC_OK;

	op->progress.what = "waiting";
	while (!code) {
		struct vbc_arena kept = vbc_op_borrow(op); /* this may go on for days */
		enum vbc_node_state state;

		code = vbc_machine_state(op, node->machine, &state);
		vbc_op_borrow_end(op, &kept);
		if (code || state == *wanted)
			break;
		had_power = had_power || vbc_node_has_power(state);
		if (*wanted == VBC_NODE_STATE_RUNNING && had_power && !vbc_node_has_power(state))
			return vbc_fail(&op->error, VBC_E_STATE,
					"node '%s' will not be running: it ended before it ran",
					node->name);
		if (state == VBC_NODE_STATE_ERROR)
			return vbc_fail(&op->error, VBC_E_STATE,
					"node '%s' will not be %s: VirtualBox cannot use it",
					node->name, vbc_node_state_name(*wanted));
		kept = vbc_op_borrow(op);
		code = vbc_op_check_there(op);
		vbc_op_borrow_end(op, &kept);
		if (!code)
			code = vbc_op_sleep(op, POLL_MS);
	}
	return vbc_error_prefix(&op->error, code, "node '%s' is not %s", node->name,
				vbc_node_state_name(*wanted));
}

int vbc_node_start(struct vbc_host *host, const char *id_or_name,
		   const struct vbc_node_start_opts *opts, const struct vbc_wait *wait,
		   struct vbc_error *err)
{
	(void)opts; /* none yet */
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name};

	return vbc_run_recovered(host, wait, err, node_start_body, &p);
}

static bool power_is_forced(const struct vbc_node_stop_opts *opts)
{
	struct vbc_node_stop_opts o = VBC_NODE_STOP_OPTS_INIT;

	vbc_opts_read(&o, opts);
	return o.force;
}

int vbc_node_stop(struct vbc_host *host, const char *id_or_name,
		  const struct vbc_node_stop_opts *opts, const struct vbc_wait *wait,
		  struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name, .force = power_is_forced(opts), .wait = wait};

	return vbc_run_recovered(host, wait, err, node_stop_body, &p);
}

int vbc_node_reboot(struct vbc_host *host, const char *id_or_name,
		    const struct vbc_node_stop_opts *opts, const struct vbc_wait *wait,
		    struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	struct power p = {.id_or_name = id_or_name, .force = power_is_forced(opts), .wait = wait};

	return vbc_run_recovered(host, wait, err, node_reboot_body, &p);
}

int vbc_node_wait(struct vbc_host *host, const char *id_or_name, enum vbc_node_state state,
		  const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_on_node(host, id_or_name, wait, err, node_wait_state_body, &state);
}
