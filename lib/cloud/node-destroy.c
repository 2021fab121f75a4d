/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Destroying a node. A second IMachine_unregister of a machine that has a snapshot kills VBoxSVC;
 * so the snapshots are deleted first, under the machine's lock, which only one client can have.
 */
#include "doing.h"
#include "folders.h"
#include "lock.h"
#include "node-private.h"
#include "progress.h"
#include "str.h"

static int delete_snapshot_tree(struct vbc_op *op, vbc_ref machine, vbc_ref snapshot)
{
	struct vbc_refs children = {0};
	const char *id = "";
	vbc_ref progress = {NULL};
	int code = vbc_ISnapshot_getChildren(op, snapshot, &children);

	for (size_t i = 0; !code && i < children.n; i++)
		code = delete_snapshot_tree(op, machine, children.v[i]);
	if (!code)
		code = vbc_ISnapshot_getId(op, snapshot, &id);
	if (!code)
		code = vbc_IMachine_deleteSnapshot(op, machine, id, &progress);
	return code ? code : vbc_progress_wait(op, progress, "deleting snapshots", 0, 100);
}

static int delete_snapshots(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_lock lock = {0};
	uint32_t count = 0;
	vbc_ref root = {NULL};
	int code = vbc_lock_take(op, machine, id, VBC_LockType_Write, &lock);

	if (code)
		return code;
	code = vbc_IMachine_getSnapshotCount(op, lock.machine, &count);
	if (!code && count)
		code = vbc_IMachine_findSnapshot(op, lock.machine, "", &root);
	if (!code && count)
		code = delete_snapshot_tree(op, lock.machine, root);
	vbc_lock_drop(op, &lock);
	return code;
}

/* Of the disks that were attached, those in the machine's own folder. */
static int own_media(struct vbc_op *op, const char *folder, const struct vbc_refs *media,
		     struct vbc_refs *ret_own)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, media->n);
	const char **locations = VBC_ARENA_ARRAY(&op->arena, const char *, media->n);
	vbc_ref *own = VBC_ARENA_ARRAY(&op->arena, vbc_ref, media->n);
	size_t n = 0;
	int code;

	if (!calls || !locations || !own)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < media->n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
						   .self = media->v[i], .out = &locations[i]};
	code = vbc_batch(op, calls, media->n);
	for (size_t i = 0; !code && i < media->n; i++)
		if (calls[i].code == VBC_OK && vbc_path_in(locations[i], folder, false))
			own[n++] = media->v[i];
	*ret_own = (struct vbc_refs){.n = n, .v = own};
	return code;
}

/* What another client has removed meanwhile is removed. */
static int forgive_gone(struct vbc_op *op, const char *id, int code)
{
	struct vbc_error first = op->error;
	vbc_ref machine = {NULL};
	int found;

	if (!code)
		return VBC_OK;
	op->error = (struct vbc_error){0};
	found = vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine);
	op->error = found == VBC_E_NOTFOUND ? (struct vbc_error){0} : first;
	return found == VBC_E_NOTFOUND ? VBC_OK : code;
}

/* Nobody finds the machine any more: so this goes through to its end, cancelled or not. */
static int delete_files(struct vbc_op *op, vbc_ref machine, const char *folder,
			const struct vbc_refs *media)
{
	struct vbc_refs own = {0};
	vbc_ref progress = {NULL};
	bool undoing = op->undoing;
	int code;

	op->undoing = true;
	code = own_media(op, folder, media, &own);
	if (!code)
		code = vbc_IMachine_deleteConfig(op, machine, own, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "deleting", 0, 100);
	op->undoing = undoing;
	return code;
}

static int unregister(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_refs media = {0};
	const char *settings = "";
	char *folder;
	int code = vbc_IMachine_getSettingsFilePath(op, machine, &settings);

	if (code)
		return forgive_gone(op, id, code);
	folder = vbc_arena_strndup(&op->arena, settings,
				   (size_t)(vbc_path_base(settings) - settings));
	if (!folder)
		return vbc_fail_nomem(&op->error);
	code = vbc_IMachine_unregister(op, machine, VBC_CleanupMode_DetachAllReturnHardDisksOnly,
				       &media);
	return code ? forgive_gone(op, id, code) : delete_files(op, machine, folder, &media);
}

int vbc_node_remove(struct vbc_op *op, vbc_ref machine, const char *id)
{
	bool accessible = true;
	int code = vbc_IMachine_getAccessible(op, machine, &accessible);

	if (!code && accessible) {
		code = vbc_node_power_off(op, machine, id);
		if (!code)
			code = delete_snapshots(op, machine, id);
	}
	return code ? forgive_gone(op, id, code) : unregister(op, machine, id);
}

static int destroy_body(struct vbc_op *op, void *arg)
{
	const char *id_or_name = arg;
	struct vbc_found f = {0};
	int code = vbc_node_find(op, id_or_name, &f);

	op->progress.what = "destroying";
	if (code)
		return code;
	code = vbc_node_remove(op, f.machine, f.id);
	if (!code)
		code = vbc_meta_delete(op, VBC_NODE_KIND, f.id);
	return vbc_error_prefix(&op->error, code, "cannot destroy node '%s'", f.name);
}

int vbc_node_destroy(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		     struct vbc_error *err)
{
	char *arg = id_or_name ? strdup(id_or_name) : NULL; /* the body's argument is not const */
	int code = vbc_op_run(host, wait, err, destroy_body, arg);

	free(arg);
	return code;
}
