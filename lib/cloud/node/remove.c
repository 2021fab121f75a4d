/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The end of a machine that is registered, in whatever state it is. A second IMachine_unregister of
 * one that has a snapshot kills VBoxSVC; so the snapshots are deleted first, under the machine's
 * lock, which no other tool can have at the same time.
 */
#include "node/remove.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/machine-folder.h"
#include "disk/machine-remains.h"
#include "disk/seed-disc.h"
#include "forward/port.h"
#include "host/file.h"
#include "host/tree.h"
#include "image/lent.h"
#include "machine/named.h"
#include "machine/power-off.h"
#include "machine/record.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

#define ATTEMPTS 3

static int machine_delete_snapshot(struct vbc_op *op, vbc_ref machine, vbc_ref snapshot)
{
	const char *id = "";
	vbc_ref progress = {NULL};
	int code = vbc_ISnapshot_getId(op, snapshot, &id);

	if (!code)
		code = vbc_IMachine_deleteSnapshot(op, machine, id, &progress);
	return code ? code : vbc_progress_wait(op, progress, "deleting snapshots", 0, 100);
}

/* Those first that no other is built on. */
static int machine_delete_snapshot_tree(struct vbc_op *op, vbc_ref machine, vbc_ref root)
{
	struct vbc_tree tree = {.n = 0};
	int code = vbc_tree_read(op, VBC_M_ISnapshot_getChildren, root, &tree);

	for (struct vbc_branch *b = tree.last; !code && b; b = b->before)
		code = machine_delete_snapshot(op, machine, b->ref);
	return code;
}

static int machine_delete_snapshots(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	uint32_t count = 0;
	vbc_ref root = {NULL};
	int code = vbc_lock_lock(op, machine, VBC_LockType_Write, lock);

	if (!code)
		code = vbc_IMachine_getSnapshotCount(op, lock->machine, &count);
	if (!code && count)
		code = vbc_IMachine_findSnapshot(op, lock->machine, "", &root);
	if (!code && count == 1)
		code = machine_delete_snapshot(op, lock->machine, root);
	else if (!code && count)
		code = machine_delete_snapshot_tree(op, lock->machine, root);
	return code ? code : vbc_lock_unlock(op, lock);
}

/* What another client has removed meanwhile is removed; what we may have, is not yet. */
static int machine_forgive_gone(struct vbc_op *op, const char *id, int code)
{
	struct vbc_aside aside;
	vbc_ref machine = {NULL};
	int found;

	if (!code || code == VBC_E_CONNECT)
		return code;
	aside = vbc_aside_begin(op);
	found = vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine);
	vbc_aside_restore(&aside);
	return found == VBC_E_NOTFOUND ? vbc_op_forgive(op) : code;
}

/* Another client may lock it just then, who is destroying it too: that passes. */
static int machine_unregister_patiently(struct vbc_op *op, vbc_ref machine, const char *id,
					struct vbc_refs *ret_media)
{
	for (int attempt = 1;; attempt++) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
		int code = vbc_IMachine_unregister(op, machine, VBC_CleanupMode_Full, ret_media);

		if (code != VBC_E_BUSY || attempt == ATTEMPTS)
			return vbc_aside_end(&aside, code);
		vbc_aside_restore(&aside);
		code = vbc_lock_wait_free(op, machine, id);
		if (code)
			return code;
	}
}

/* VirtualBox removes a folder with a machine only if its settings are named after that; a rename
 * changes their name. */
static int machine_remove_renamed(struct vbc_op *op, const char *folder, const char *settings,
				  const char *id)
{
	const char *first = vbc_arena_printf(&op->arena, "%s%s.vbox", folder, id);
	struct vbc_strs names = {0};
	bool there = false;
	int code;

	if (!first)
		return vbc_fail_nomem(&op->error);
	if (streq(first, settings))
		return VBC_OK;
	code = vbc_host_file_look(op, folder, &there, &names);
	return code || !there || names.n ? code : vbc_machine_remove_folder(op, first);
}

static int machine_unregister(struct vbc_op *op, vbc_ref machine, const char *settings,
			      const char *id, bool accessible)
{
	struct vbc_refs media = {0};
	const char *folder, *end; /* of a node's folder, which is called after it */
	bool ours;
	int code = settings ? VBC_OK : vbc_IMachine_getSettingsFilePath(op, machine, &settings);

	if (code)
		return machine_forgive_gone(op, id, code);
	folder = vbc_path_parent(&op->arena, settings);
	end = vbc_arena_printf(&op->arena, "/%s/", id);
	if (!folder || !end)
		return vbc_fail_nomem(&op->error);
	/* Those that are not attached; the one that is goes with the machine. */
	code = vbc_seed_has_old(op, id) ? vbc_seed_wipe_all(op, folder, machine) : VBC_OK;
	if (!code)
		code = machine_unregister_patiently(op, machine, id, &media);
	if (code)
		return machine_forgive_gone(op, id, code);
	if (!accessible)
		return vbc_machine_remove_files(op, settings, VBC_SETTINGS_UNREADABLE);
	ours = vbc_ends_with(folder, end);
	code = vbc_machine_delete_files(op, machine, folder, &media, ours);
	return code || !ours ? code : machine_remove_renamed(op, folder, settings, id);
}

int vbc_node_remove(struct vbc_op *op, vbc_ref machine, const char *settings, struct vbc_lock *lock)
{
	bool accessible = true;
	int code = settings ? VBC_OK : vbc_IMachine_getAccessible(op, machine, &accessible);

	if (!code && accessible) {
		code = vbc_node_power_off(op, machine, lock);
		if (!code)
			code = machine_delete_snapshots(op, machine, lock);
	}
	return code ? machine_forgive_gone(op, lock->id, code)
		    : machine_unregister(op, machine, settings, lock->id, accessible);
}

int vbc_node_let_go(struct vbc_op *op, vbc_ref machine)
{
	struct vbc_refs media = {0};
	struct vbc_aside aside;
	int code = vbc_IMachine_unregister(op, machine, VBC_CleanupMode_Full, &media);

	if (code)
		return code;
	aside = vbc_aside_begin(op);
	for (size_t i = 0; i < media.n; i++)
		vbc_IMedium_close(op, media.v[i]); /* in use by others: it may stay known */
	vbc_aside_restore(&aside);
	return VBC_OK;
}

int vbc_node_forget(struct vbc_op *op, const char *id)
{
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	if (!code)
		code = vbc_port_free_listed(op, &keys, id);
	if (!code)
		code = vbc_node_record_delete(op, id);
	if (!code)
		code = vbc_named_drop(op, &keys, id, NULL);
	if (!code)
		code = vbc_borrowed_drop(op, id);
	return !code && vbc_seed_has_old(op, id) ? vbc_meta_delete(op, VBC_SEED_KIND, id) : code;
}
