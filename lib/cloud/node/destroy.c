/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Destroying a node, under one advisory lock of the machine from beginning to end. A second
 * IMachine_unregister of a machine that has a snapshot kills VBoxSVC; so the snapshots are deleted
 * first, under the machine's lock, which no other tool can have at the same time.
 */
#include "node/destroy.h"

#include <string.h>

#include "base/given.h"
#include "base/str.h"
#include "disk/bases.h"
#include "firstboot/seed.h"
#include "forward/port.h"
#include "host/file.h"
#include "host/tree.h"
#include "image/lent.h"
#include "journal/entry.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/find.h"
#include "machine/list.h"
#include "machine/power-off.h"
#include "machine/read-again.h"
#include "node/files.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

#define ATTEMPTS 3

/* In the journal: the machine's settings can be opened; they are just being opened by an undo. */
#define READABLE "readable"
#define OPENING  "opening"

static int delete_snapshot(struct vbc_op *op, vbc_ref machine, vbc_ref snapshot)
{
	const char *id = "";
	vbc_ref progress = {NULL};
	int code = vbc_ISnapshot_getId(op, snapshot, &id);

	if (!code)
		code = vbc_IMachine_deleteSnapshot(op, machine, id, &progress);
	return code ? code : vbc_progress_wait(op, progress, "deleting snapshots", 0, 100);
}

/* Those first that no other is built on. */
static int delete_snapshot_tree(struct vbc_op *op, vbc_ref machine, vbc_ref root)
{
	struct vbc_tree tree = {.n = 0};
	int code = vbc_tree_read(op, VBC_M_ISnapshot_getChildren, root, &tree);

	for (struct vbc_branch *b = tree.last; !code && b; b = b->before)
		code = delete_snapshot(op, machine, b->ref);
	return code;
}

static int delete_snapshots(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	uint32_t count = 0;
	vbc_ref root = {NULL};
	int code = vbc_lock_close(op, machine, VBC_LockType_Write, lock);

	if (!code)
		code = vbc_IMachine_getSnapshotCount(op, lock->machine, &count);
	if (!code && count)
		code = vbc_IMachine_findSnapshot(op, lock->machine, "", &root);
	if (!code && count)
		code = delete_snapshot_tree(op, lock->machine, root);
	return code ? code : vbc_lock_open(op, lock);
}

/* What another client has removed meanwhile is removed; what we may have, is not yet. */
static int forgive_gone(struct vbc_op *op, const char *id, int code)
{
	struct vbc_error first = op->error;
	vbc_ref machine = {NULL};
	int found;

	if (!code || code == VBC_E_CONNECT)
		return code;
	op->error = (struct vbc_error){0};
	found = vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine);
	op->error = found == VBC_E_NOTFOUND ? (struct vbc_error){0} : first;
	return found == VBC_E_NOTFOUND ? VBC_OK : code;
}

/* Another client may lock it just then, who is destroying it too: that passes. */
static int unregister_patiently(struct vbc_op *op, vbc_ref machine, const char *id,
				struct vbc_refs *ret_media)
{
	for (int attempt = 1;; attempt++) {
		struct vbc_error saved = vbc_op_try(op);
		int code = vbc_IMachine_unregister(op, machine, VBC_CleanupMode_Full, ret_media);

		if (code && (code != VBC_E_BUSY || attempt == ATTEMPTS))
			return code;
		vbc_op_try_end(op, &saved);
		if (!code)
			return VBC_OK;
		code = vbc_lock_wait_free(op, machine, id);
		if (code)
			return code;
	}
}

/* VirtualBox removes a folder with a machine only if its settings are named after that; a rename
 * changes their name. */
static int remove_folder_of_renamed(struct vbc_op *op, const char *folder, const char *settings,
				    const char *id)
{
	const char *first = vbc_arena_printf(&op->arena, "%s%s.vbox", folder, id);
	const char *end = vbc_arena_printf(&op->arena, "/%s/", id);
	struct vbc_strs names = {0};
	bool there = false;
	int code;

	if (!first || !end)
		return vbc_fail_nomem(&op->error);
	if (streq(first, settings) || !vbc_ends_with(folder, end))
		return VBC_OK;
	code = vbc_host_file_look(op, folder, &there, &names);
	return code || !there || names.n ? code : vbc_node_remove_folder(op, first);
}

static int unregister(struct vbc_op *op, vbc_ref machine, const char *id, bool accessible)
{
	struct vbc_refs media = {0};
	const char *settings = "", *folder;
	int code = vbc_IMachine_getSettingsFilePath(op, machine, &settings);

	if (code)
		return forgive_gone(op, id, code);
	folder = vbc_node_folder(op, settings);
	if (!folder)
		return vbc_fail_nomem(&op->error);
	/* Those that are not attached; the one that is goes with the machine. */
	code = vbc_seed_has_old(op, id) ? vbc_seed_wipe_all(op, folder, machine) : VBC_OK;
	if (!code)
		code = unregister_patiently(op, machine, id, &media);
	if (code)
		return forgive_gone(op, id, code);
	if (!accessible)
		return vbc_node_remove_files(op, settings, VBC_SETTINGS_UNREADABLE);
	code = vbc_node_delete_files(op, machine, folder, &media);
	return code ? code : remove_folder_of_renamed(op, folder, settings, id);
}

int vbc_node_remove(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock)
{
	bool accessible = true;
	int code = vbc_IMachine_getAccessible(op, machine, &accessible);

	if (!code && accessible) {
		code = vbc_node_power_off(op, machine, lock);
		if (!code)
			code = delete_snapshots(op, machine, lock);
	}
	return code ? forgive_gone(op, lock->id, code)
		    : unregister(op, machine, lock->id, accessible);
}

int vbc_node_forget(struct vbc_op *op, const char *id)
{
	int code = vbc_port_free_all(op, id);

	if (!code)
		code = vbc_meta_delete(op, VBC_NODE_KIND, id);
	if (!code)
		code = vbc_borrowed_drop(op, id);
	return !code && vbc_seed_has_old(op, id) ? vbc_meta_delete(op, VBC_SEED_KIND, id) : code;
}

/*
 * The entry says meanwhile that the settings are opened: if that is found there, it was not
 * survived. (Encrypted ones end VirtualBox's service when it has forgotten the password.)
 */
static int remove_readable(struct vbc_op *op, const char *settings)
{
	int code = vbc_journal_note(op, OPENING, "yes");

	if (!code)
		code = vbc_node_remove_files(op, settings, VBC_SETTINGS_READABLE);
	if (code)
		vbc_journal_note(op, OPENING, "");
	return code;
}

int vbc_node_destroy_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	enum vbc_settings are = VBC_SETTINGS_UNREADABLE;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (code || !vbc_ref_is_null(machine))
		return code; /* it has not begun to go, and stays */
	if (vbc_meta_str(entry, READABLE)[0])
		are = vbc_meta_str(entry, OPENING)[0] ? VBC_SETTINGS_UNOPENED
						      : VBC_SETTINGS_READABLE;
	code = are == VBC_SETTINGS_READABLE
		       ? remove_readable(op, vbc_meta_str(entry, "settings"))
		       : vbc_node_remove_files(op, vbc_meta_str(entry, "settings"), are);
	return code ? code : vbc_node_forget(op, id);
}

/*
 * Before its power is cut: of a node that others need nothing is to be lost. Whether it can be read
 * nobody knows any more when it is unregistered.
 */
static int check_unneeded(struct vbc_op *op, const struct vbc_found *f, struct vbc_meta *entry)
{
	bool accessible = true;
	int code = vbc_machine_read_again(op);

	if (!code)
		code = vbc_IMachine_getAccessible(op, f->machine, &accessible);
	if (code || !accessible)
		return code;
	vbc_meta_set_str(entry, READABLE, "yes");
	return vbc_node_check_bases(op, f->machine, f->id, true);
}

struct destroying {
	const struct vbc_found *node;
	struct vbc_lock *lock;
};

static int node_destroy_recorded(struct vbc_op *op, void *arg)
{
	const struct destroying *d = arg;
	int code = vbc_node_remove(op, d->node->machine, d->lock);

	return code ? code : vbc_node_forget(op, d->node->id);
}

static int destroy(struct vbc_op *op, const struct vbc_found *f, struct vbc_lock *lock,
		   struct vbc_meta *entry)
{
	const struct vbc_work work = {vbc_journal_begin, "node-destroy", f->id, entry, NULL};
	struct destroying destroying = {f, lock};
	const char *settings = "";
	int code = check_unneeded(op, f, entry);

	if (!code)
		code = vbc_IMachine_getSettingsFilePath(op, f->machine, &settings);
	if (code)
		return code;
	vbc_meta_set_str(entry, "settings", settings);
	vbc_op_about_nothing(op);
	return vbc_work_run(op, &work, node_destroy_recorded, &destroying);
}

static int destroy_body(struct vbc_op *op, void *arg)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const char *id_or_name = arg;
	struct vbc_lock lock = {0};
	struct vbc_found f = {0};
	int code = entry ? vbc_node_find(op, id_or_name, &f) : vbc_fail_nomem(&op->error);

	op->progress.what = "destroying";
	if (!code)
		code = vbc_lock_prepare(op, f.id, &lock);
	if (code)
		return code;
	code = vbc_node_registered(op, f.id, &f.machine);
	if (!code && !vbc_ref_is_null(f.machine)) /* else somebody else was faster */
		code = destroy(op, &f, &lock, entry);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot destroy node '%s'", f.name);
}

int vbc_node_destroy(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		     struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	char *arg = id_or_name ? strdup(id_or_name) : NULL; /* the body's argument is not const */
	int code = vbc_run_recovered(host, wait, err, destroy_body, arg);

	free(arg);
	return code;
}
