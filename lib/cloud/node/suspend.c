/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes that stand still: paused in memory, or suspended with their state on the host's disk.
 */
#include "base/given.h"
#include "journal/run.h"
#include "machine/power-off.h"
#include "machine/wait-stable.h"
#include "node/power.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

#define AWAKE (VBC_IN(VBC_NODE_STATE_RUNNING) | VBC_IN(VBC_NODE_STATE_PAUSED))
#define SAVED VBC_IN(VBC_NODE_STATE_SUSPENDED)

#define WRITTEN_KEY "libcloud/written" /* in a machine's extra data, for a moment */

static int suspend_pause_running(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL};
	int code = vbc_node_take_console(op, f->machine, f->id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_pause(op, console);
	vbc_lock_drop(op, &lock);
	return code;
}

static int node_pause_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_node_ref f = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	int code;

	op->progress.what = "pausing";
	code = vbc_node_find_in(op, *id_or_name, AWAKE, "paused", &f, &state);
	if (code || state == VBC_NODE_STATE_PAUSED)
		return code;
	code = suspend_pause_running(op, &f);
	return vbc_error_prefix(&op->error, code, "cannot pause node '%s'", f.name);
}

int vbc_node_pause(struct vbc_host *host, const char *id_or_name,
		   const struct vbc_node_pause_opts *opts, const struct vbc_wait *wait,
		   struct vbc_error *err)
{
	(void)opts; /* none yet */
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_recovered(host, wait, err, node_pause_body, &id_or_name);
}

static int suspend_save_state(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL}, progress = {NULL};
	int code = vbc_node_take_console(op, f->machine, f->id, &lock, &console);

	if (code)
		return code;
	code = vbc_IMachine_saveState(op, lock.machine, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "suspending", 0, 100);
	if (!code) {
		lock.locked = false; /* the end of the machine's process unlocks */
		code = vbc_lock_wait_free(op, f->machine, f->id);
	}
	vbc_lock_drop(op, &lock);
	return code;
}

/*
 * What VirtualBox's service knows alone is lost with it: the node would be stopped. Any change
 * makes it write all of its settings.
 */
static int suspend_write_settings(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_take(op, f->machine, f->id, VBC_LockType_Write, &lock);

	if (!code)
		code = vbc_IMachine_setExtraData(op, lock.machine, WRITTEN_KEY, "1");
	if (!code)
		code = vbc_IMachine_setExtraData(op, lock.machine, WRITTEN_KEY, "");
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(
		&op->error, code,
		"it is suspended, but VirtualBox could not write this to its settings");
}

static int node_suspend_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_node_ref f = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	int code;

	op->progress.what = "suspending";
	code = vbc_node_find_in(op, *id_or_name, AWAKE | SAVED, "suspended", &f, &state);
	if (code || state == VBC_NODE_STATE_SUSPENDED)
		return code;
	code = suspend_save_state(op, &f);
	/* VirtualBox fails to write its settings now and then, with the state saved and the power
	 * off. */
	if (code == VBC_E_FAULT && vbc_node_is(op, f.machine, VBC_NODE_STATE_SUSPENDED)) {
		vbc_op_forgive(op);
		code = suspend_write_settings(op, &f);
	}
	return vbc_error_prefix(&op->error, code, "cannot suspend node '%s'", f.name);
}

int vbc_node_suspend(struct vbc_host *host, const char *id_or_name,
		     const struct vbc_node_pause_opts *opts, const struct vbc_wait *wait,
		     struct vbc_error *err)
{
	(void)opts; /* none yet */
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_recovered(host, wait, err, node_suspend_body, &id_or_name);
}

static int node_resume_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_node_ref f = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	int code;

	op->progress.what = "resuming";
	code = vbc_node_find_in(op, *id_or_name, AWAKE | SAVED, "resumed", &f, &state);
	if (code || state == VBC_NODE_STATE_RUNNING)
		return code;
	return vbc_node_wake(op, &f, state);
}

int vbc_node_resume(struct vbc_host *host, const char *id_or_name,
		    const struct vbc_node_start_opts *opts, const struct vbc_wait *wait,
		    struct vbc_error *err)
{
	(void)opts; /* none yet */
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_recovered(host, wait, err, node_resume_body, &id_or_name);
}

static int node_discard_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_node_ref f = {0};
	struct vbc_lock lock = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	int code;

	op->progress.what = "discarding the saved state";
	code = vbc_node_find_in(op, *id_or_name, VBC_IN(VBC_NODE_STATE_STOPPED) | SAVED,
				"stopped without its saved state", &f, &state);
	if (code || state == VBC_NODE_STATE_STOPPED)
		return code;
	code = vbc_lock_take(op, f.machine, f.id, VBC_LockType_Write, &lock);
	if (!code)
		code = vbc_IMachine_discardSavedState(op, lock.machine, true);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot discard the saved state of node '%s'",
				f.name);
}

int vbc_node_discard_state(struct vbc_host *host, const char *id_or_name,
			   const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_recovered(host, wait, err, node_discard_body, &id_or_name);
}
