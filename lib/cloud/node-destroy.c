/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Destroying a node, which is one turn at the machine from beginning to end. A second
 * IMachine_unregister of a machine that has a snapshot kills VBoxSVC; so the snapshots are deleted
 * first, under the machine's lock, which no other tool can have at the same time.
 */
#include <string.h>

#include "doing.h"
#include "folders.h"
#include "host-file.h"
#include "lock.h"
#include "medium.h"
#include "network-private.h"
#include "node-private.h"
#include "progress.h"
#include "seed.h"
#include "str.h"

#define ATTEMPTS 3

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

/* Of the disks that were attached, those in the machine's own folder. */
static int own_media(struct vbc_op *op, const char *folder, const struct vbc_refs *media,
		     struct vbc_refs *ret_own)
{
	vbc_ref *own = VBC_ARENA_ARRAY(&op->arena, vbc_ref, media->n);
	const char **locations = NULL;
	size_t n = 0;
	int code = own ? vbc_medium_locations(op, media, &locations) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < media->n; i++)
		if (locations[i] && vbc_path_in(locations[i], folder, false))
			own[n++] = media->v[i];
	*ret_own = (struct vbc_refs){.n = n, .v = own};
	return code;
}

static const char *folder_of(struct vbc_op *op, const char *settings)
{
	return vbc_arena_strndup(&op->arena, settings,
				 (size_t)(vbc_path_base(settings) - settings));
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

/* Another client may lock it just then, who is destroying it too: that passes. */
static int unregister_patiently(struct vbc_op *op, vbc_ref machine, const char *id,
				struct vbc_refs *ret_media)
{
	for (int attempt = 1;; attempt++) {
		struct vbc_error saved = vbc_op_try(op);
		int code = vbc_IMachine_unregister(op, machine,
						   VBC_CleanupMode_Full,
						   ret_media);

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

static int unregister(struct vbc_op *op, vbc_ref machine, const char *id, bool accessible)
{
	struct vbc_refs media = {0};
	const char *settings = "", *folder;
	int code = vbc_IMachine_getSettingsFilePath(op, machine, &settings);

	if (code)
		return forgive_gone(op, id, code);
	folder = folder_of(op, settings);
	if (!folder)
		return vbc_fail_nomem(&op->error);
	/* Those that are not attached; the one that is goes with the machine. */
	code = vbc_seed_has_old(op, id) ? vbc_seed_wipe_all(op, folder, machine) : VBC_OK;
	if (!code)
		code = unregister_patiently(op, machine, id, &media);
	if (code)
		return forgive_gone(op, id, code);
	return accessible ? delete_files(op, machine, folder, &media)
			  : vbc_node_remove_files(op, settings);
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
	return code ? forgive_gone(op, lock->id, code) : unregister(op, machine, lock->id, accessible);
}

int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine)
{
	struct vbc_error saved = vbc_op_try(op);
	vbc_ref machine = {NULL};
	int code = vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine);

	if (code && code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	*ret_machine = machine;
	return VBC_OK;
}

static int detach_disks(struct vbc_op *op, vbc_ref machine)
{
	struct vbc_IMediumAttachment_array all = {0};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);

	for (size_t i = 0; !code && i < all.n; i++) {
		struct vbc_place place = vbc_place_of(&all.v[i]);

		if (all.v[i].type == VBC_DeviceType_HardDisk || all.v[i].type == VBC_DeviceType_DVD)
			code = vbc_medium_detach(op, machine, &place);
	}
	return code;
}

/* The disks of a folder that VirtualBox knows, and the one that a node of ours has. */
static int remove_disks(struct vbc_op *op, const char *folder, const char *settings)
{
	const char *base = vbc_path_base(settings);
	const char *id = vbc_arena_strndup(&op->arena, base, strcspn(base, "."));
	struct vbc_refs disks = {0}, own = {0};
	enum vbc_MediumState state;
	int code = id ? vbc_medium_all(op, &disks) : vbc_fail_nomem(&op->error);

	if (!code)
		code = own_media(op, folder, &disks, &own);
	for (size_t i = 0; !code && i < own.n; i++) {
		code = vbc_IMedium_refreshState(op, own.v[i], &state);
		if (!code)
			code = vbc_medium_delete(op, own.v[i]);
	}
	if (code || !vbc_is_uuid(id))
		return code;
	base = vbc_arena_printf(&op->arena, "%s%s.vdi", folder, id);
	return base ? vbc_host_file_remove(op, base) : vbc_fail_nomem(&op->error);
}

/*
 * Only a machine can remove a folder, with what VirtualBox itself keeps there; so one is made for
 * that, in the place of the old.
 */
int vbc_node_remove_folder(struct vbc_op *op, const char *settings)
{
	const struct vbc_strs groups = {0};
	const char *folder = folder_of(op, settings);
	vbc_ref machine = {NULL};
	int code = folder ? vbc_IVirtualBox_createMachine(
				    op, op->vbox, settings, "removed",
				    vbc_op_has(op, VBC_M_IMachine_getPlatform)
					    ? VBC_PlatformArchitecture_x86
					    : VBC_PlatformArchitecture_None,
				    groups, "", "forceOverwrite=1", "", "", "", &machine)
			  : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	return code ? code : delete_files(op, machine, folder, &(struct vbc_refs){0});
}

/* Where the settings file is no good, or has gone already. */
static int remove_pieces(struct vbc_op *op, const char *folder, const char *settings)
{
	struct vbc_strs names = {0};
	int code = remove_disks(op, folder, settings);

	if (!code)
		code = vbc_seed_wipe_all(op, folder, (vbc_ref){NULL});
	if (!code)
		code = vbc_host_file_list(op, folder, &names);
	return code || !names.n ? code : vbc_node_remove_folder(op, settings);
}

/* VirtualBox deletes what EFI has written down with a registered machine only. */
static int remove_nvram(struct vbc_op *op, const char *settings)
{
	size_t n = strlen(settings);
	const char *path;

	if (!vbc_ends_with(settings, ".vbox"))
		return VBC_OK;
	path = vbc_arena_printf(&op->arena, "%.*s.nvram", (int)(n - strlen(".vbox")), settings);
	return path ? vbc_host_file_remove(op, path) : vbc_fail_nomem(&op->error);
}

int vbc_node_remove_files(struct vbc_op *op, const char *settings)
{
	const char *folder = folder_of(op, settings);
	struct vbc_error saved;
	vbc_ref machine = {NULL};
	struct vbc_refs disks = {0};
	int code = folder ? remove_nvram(op, settings) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	saved = vbc_op_try(op);
	code = vbc_IVirtualBox_openMachine(op, op->vbox, settings, "", &machine);
	vbc_op_try_end(op, &saved);
	if (code)
		return remove_pieces(op, folder, settings);
	code = detach_disks(op, machine);
	if (!code)
		code = vbc_seed_wipe_all(op, folder, (vbc_ref){NULL});
	if (!code)
		code = vbc_medium_all(op, &disks);
	return code ? code : delete_files(op, machine, folder, &disks);
}

int vbc_node_forget(struct vbc_op *op, const char *id)
{
	int code = vbc_port_free_all(op, id);

	if (!code)
		code = vbc_meta_delete(op, VBC_NODE_KIND, id);
	return !code && vbc_seed_has_old(op, id) ? vbc_meta_delete(op, VBC_SEED_KIND, id) : code;
}

int vbc_node_destroy_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (code || !vbc_ref_is_null(machine))
		return code; /* it has not begun to go, and stays */
	code = vbc_node_remove_files(op, vbc_meta_str(entry, "settings"));
	return code ? code : vbc_node_forget(op, id);
}

/* Before its power is cut: of a node that others need nothing is to be lost. */
static int check_unneeded(struct vbc_op *op, const struct vbc_found *f)
{
	bool accessible = true;
	int code = vbc_IMachine_getAccessible(op, f->machine, &accessible);

	return code || !accessible ? code : vbc_node_check_bases(op, f->machine, f->id, true);
}

static int destroy(struct vbc_op *op, const struct vbc_found *f, struct vbc_lock *lock,
		   struct vbc_meta *entry)
{
	const char *settings = "";
	int code = check_unneeded(op, f);

	if (!code)
		code = vbc_IMachine_getSettingsFilePath(op, f->machine, &settings);
	if (code)
		return code;
	vbc_meta_set_str(entry, "settings", settings);
	code = vbc_doing_begin(op, "node-destroy", f->id, entry);
	if (!code)
		code = vbc_node_remove(op, f->machine, lock);
	if (!code)
		code = vbc_node_forget(op, f->id);
	if (!code)
		code = vbc_doing_end(op, f->id);
	if (code)
		vbc_doing_undo(op, f->id, entry);
	return code;
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
	char *arg = id_or_name ? strdup(id_or_name) : NULL; /* the body's argument is not const */
	int code = vbc_op_run(host, wait, err, destroy_body, arg);

	free(arg);
	return code;
}
