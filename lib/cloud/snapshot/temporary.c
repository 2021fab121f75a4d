/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/temporary.h"

#include "machine/lock.h"
#include "machine/node-ref.h"
#include "snapshot/node.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

bool vbc_temporary_is_needed(enum vbc_MachineState state)
{
	return state == VBC_MachineState_Running || state == VBC_MachineState_Paused;
}

/* The names of snapshots that are taken for the work `id`, and of those that stay. */
#define COPY VBC_NODE_HIDDEN "copy %s"
#define BASE "linked clone %s"

struct temporary {
	struct vbc_node_ref of;
	const char *name; /* of the snapshot; NULL: no memory */
	bool stays;
};

/* What is copied runs; what a clone is linked to may be stopped. */
static int temp_snapshot_lock(struct vbc_op *op, const struct temporary *h, struct vbc_lock *lock)
{
	return h->stays ? vbc_machine_lock(op, h->of.machine, h->of.id, lock)
			: vbc_lock_take(op, h->of.machine, h->of.id, VBC_LockType_Shared, lock);
}

static int snapshot_take(struct vbc_op *op, const struct temporary *h, const char *description,
			 unsigned from, unsigned to)
{
	const char *snapshot_id = "";
	struct vbc_lock lock = {0};
	vbc_ref progress = {NULL};
	int code = h->name ? temp_snapshot_lock(op, h, &lock) : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IMachine_takeSnapshot(op, lock.machine, h->name, description, true,
						 &snapshot_id, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "taking the snapshot", from, to);
	vbc_lock_drop(op, &lock);
	return code;
}

/* Null when there is none, or no machine any more. */
static int snapshot_find_named(struct vbc_op *op, struct temporary *h, vbc_ref *ret_snapshot)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = h->name ? vbc_IVirtualBox_findMachine(op, op->vbox, h->of.id, &h->of.machine)
			   : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IMachine_findSnapshot(op, h->of.machine, h->name, ret_snapshot);
	if (code)
		*ret_snapshot = (vbc_ref){NULL};
	return vbc_aside_absent(&aside, code);
}

static int snapshot_drop(struct vbc_op *op, struct temporary *h, unsigned from, unsigned to)
{
	vbc_ref snapshot = {NULL}, progress = {NULL};
	const char *snapshot_id = "";
	struct vbc_lock lock = {0};
	int code = snapshot_find_named(op, h, &snapshot);

	if (code || vbc_ref_is_null(snapshot))
		return code;
	code = vbc_ISnapshot_getId(op, snapshot, &snapshot_id);
	if (!code)
		code = temp_snapshot_lock(op, h, &lock);
	if (!code)
		code = vbc_IMachine_deleteSnapshot(op, lock.machine, snapshot_id, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "taking the snapshot", from, to);
	vbc_lock_drop(op, &lock);
	return code;
}

int vbc_temporary_take(struct vbc_op *op, vbc_ref machine, const char *machine_id, const char *id,
		       unsigned from, unsigned to)
{
	const struct temporary h = {.of = {.machine = machine, .id = machine_id},
				    .name = vbc_arena_printf(&op->arena, COPY, id)};

	return snapshot_take(op, &h, "", from, to);
}

int vbc_temporary_delete(struct vbc_op *op, const char *machine_id, const char *id, unsigned from,
			 unsigned to)
{
	struct temporary h = {.of = {.id = machine_id},
			      .name = vbc_arena_printf(&op->arena, COPY, id)};

	return snapshot_drop(op, &h, from, to);
}

int vbc_base_snapshot_take(struct vbc_op *op, const struct vbc_node_ref *of, const char *id,
			   const char *description, unsigned percent, vbc_ref *ret_snapshot)
{
	const struct temporary h = {
		.of = *of, .name = vbc_arena_printf(&op->arena, BASE, id), .stays = true};
	int code = snapshot_take(op, &h, description, percent, percent);

	return code ? code : vbc_IMachine_findSnapshot(op, of->machine, h.name, ret_snapshot);
}

int vbc_base_snapshot_undo(struct vbc_op *op, const char *machine_id, const char *id)
{
	struct temporary h = {.of = {.id = machine_id},
			      .name = vbc_arena_printf(&op->arena, BASE, id),
			      .stays = true};

	return snapshot_drop(op, &h, 0, 100);
}
