/* SPDX-License-Identifier: Apache-2.0 */
#include "hold.h"

#include "lock.h"
#include "node-private.h"
#include "progress.h"

bool vbc_hold_is_needed(enum vbc_MachineState state)
{
	return state == VBC_MachineState_Running || state == VBC_MachineState_Paused;
}

static const char *name_of(struct vbc_op *op, const char *id)
{
	return vbc_arena_printf(&op->arena, VBC_NODE_HIDDEN "copy %s", id);
}

int vbc_hold_begin(struct vbc_op *op, vbc_ref machine, const char *machine_id, const char *id,
		   unsigned from, unsigned to)
{
	const char *name = name_of(op, id), *snapshot_id = "";
	struct vbc_lock lock = {0};
	vbc_ref progress = {NULL};
	int code = name ? vbc_lock_take(op, machine, machine_id, VBC_LockType_Shared, &lock)
			: vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IMachine_takeSnapshot(op, lock.machine, name, "", true, &snapshot_id,
						 &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "taking the snapshot", from, to);
	vbc_lock_drop(op, &lock);
	return code;
}

/* Null when there is none, or no machine any more. */
static int find(struct vbc_op *op, const char *machine_id, const char *id, vbc_ref *ret_machine,
		vbc_ref *ret_snapshot)
{
	const char *name = name_of(op, id);
	struct vbc_error saved = vbc_op_try(op);
	int code = name ? vbc_IVirtualBox_findMachine(op, op->vbox, machine_id, ret_machine)
			: vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IMachine_findSnapshot(op, *ret_machine, name, ret_snapshot);
	if (code && code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	if (code)
		*ret_snapshot = (vbc_ref){NULL};
	return VBC_OK;
}

int vbc_hold_end(struct vbc_op *op, const char *machine_id, const char *id, unsigned from,
		 unsigned to)
{
	vbc_ref machine = {NULL}, snapshot = {NULL}, progress = {NULL};
	const char *snapshot_id = "";
	struct vbc_lock lock = {0};
	int code = find(op, machine_id, id, &machine, &snapshot);

	if (code || vbc_ref_is_null(snapshot))
		return code;
	code = vbc_ISnapshot_getId(op, snapshot, &snapshot_id);
	if (!code)
		code = vbc_lock_take(op, machine, machine_id, VBC_LockType_Shared, &lock);
	if (!code)
		code = vbc_IMachine_deleteSnapshot(op, lock.machine, snapshot_id, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "taking the snapshot", from, to);
	vbc_lock_drop(op, &lock);
	return code;
}
