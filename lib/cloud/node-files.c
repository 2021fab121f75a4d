/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files of a machine that is not registered any more.
 */
#include <string.h>

#include "folders.h"
#include "host-file.h"
#include "medium-facts.h"
#include "medium.h"
#include "node-private.h"
#include "progress.h"
#include "seed.h"
#include "str.h"

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

const char *vbc_node_folder(struct vbc_op *op, const char *settings)
{
	return vbc_arena_strndup(&op->arena, settings,
				 (size_t)(vbc_path_base(settings) - settings));
}

int vbc_node_delete_files(struct vbc_op *op, vbc_ref machine, const char *folder,
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

/* Whether what was written to a volume since a snapshot of the node is in this disk. */
static int find_volume_part(struct vbc_op *op, vbc_ref disk, bool *ret)
{
	const char *location = "";
	struct vbc_folders folders;
	vbc_ref base = {NULL};
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_IMedium_getBase(op, disk, &base);
	if (!code && !vbc_ref_is_null(base))
		code = vbc_IMedium_getLocation(op, base, &location);
	if (!code)
		*ret = vbc_path_in(location, folders.volumes, false);
	return code;
}

/* The disks of a folder that VirtualBox knows, and the one that a node of ours has. */
static int remove_disks(struct vbc_op *op, const char *folder, const char *id)
{
	struct vbc_refs disks = {0}, own = {0};
	enum vbc_MediumState state;
	const char *first;
	int code = vbc_medium_all(op, &disks);

	if (!code)
		code = own_media(op, folder, &disks, &own);
	for (size_t i = 0; !code && i < own.n; i++) {
		bool stays = false;

		code = find_volume_part(op, own.v[i], &stays);
		if (!code && !stays)
			code = vbc_medium_refresh(op, own.v[i], &state);
		if (!code && !stays)
			code = vbc_medium_delete(op, own.v[i]);
	}
	if (code || !vbc_is_uuid(id))
		return code;
	first = vbc_arena_printf(&op->arena, "%s%s.vdi", folder, id);
	return first ? vbc_host_file_remove(op, first) : vbc_fail_nomem(&op->error);
}

/* Files that VirtualBox makes for a machine, and a new one in its place does not take with it. */
static bool is_state(const char *name)
{
	return vbc_ends_with(name, ".sav") || vbc_ends_with(name, ".nvram");
}

static int remove_states(struct vbc_op *op, const char *folder)
{
	struct vbc_strs names = {0};
	int code = vbc_host_file_list(op, folder, &names);

	for (size_t i = 0; !code && i < names.n; i++) {
		const char *path =
			is_state(names.v[i]) ? vbc_path_join(op, folder, names.v[i]) : "";

		if (!path)
			code = vbc_fail_nomem(&op->error);
		else if (path[0])
			code = vbc_host_file_remove(op, path);
	}
	return code;
}

/*
 * Only a machine can remove a folder, with what VirtualBox itself keeps there; so one is made for
 * that, in the place of the old.
 */
int vbc_node_remove_folder(struct vbc_op *op, const char *settings)
{
	const struct vbc_strs groups = {0};
	const char *folder = vbc_node_folder(op, settings);
	vbc_ref machine = {NULL};
	int code = folder ? vbc_IVirtualBox_createMachine(op, op->vbox, settings, "removed",
							  vbc_op_has(op, VBC_M_IMachine_getPlatform)
								  ? VBC_PlatformArchitecture_x86
								  : VBC_PlatformArchitecture_None,
							  groups, "", "forceOverwrite=1", "", "",
							  "", &machine)
			  : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	return code ? code : vbc_node_delete_files(op, machine, folder, &(struct vbc_refs){0});
}

/* Names what is nobody's any more and may be dear to somebody: it is not ours to delete. */
static int tell_rest(struct vbc_op *op, const char *folder)
{
	struct vbc_strs names = {0};
	struct vbc_buf VBC_BUF list;
	int code = vbc_host_file_list(op, folder, &names);

	vbc_buf_init(&list, 700);
	for (size_t i = 0; !code && i < names.n; i++)
		vbc_buf_printf(&list, "%s%s", i ? ", " : "", names.v[i]);
	if (!code && names.n)
		vbc_op_log(op, 0,
			   "these files of a machine that could not be read are left in %s: %s",
			   folder, list.data ? list.data : "");
	return code;
}

/*
 * Of a machine whose settings cannot be read, or are gone already. They are never opened: if
 * they are encrypted, VirtualBox's service ends over that.
 */
static int remove_pieces(struct vbc_op *op, const char *folder, const char *settings)
{
	const char *base = vbc_path_base(settings);
	const char *id = vbc_arena_strndup(&op->arena, base, strcspn(base, "."));
	const char *snapshots = vbc_path_join(op, folder, VBC_NODE_SNAPSHOTS);
	struct vbc_strs names = {0};
	bool there = false;
	int code = id && snapshots ? remove_disks(op, folder, id) : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_seed_wipe_all(op, folder, (vbc_ref){NULL});
	if (!code)
		code = remove_states(op, snapshots);
	if (!code)
		code = vbc_host_file_look(op, folder, &there, &names);
	if (!code && there)
		code = vbc_node_remove_folder(op, settings);
	if (!code && there)
		code = tell_rest(op, folder);
	return !code && there ? tell_rest(op, snapshots) : code;
}

static int open_settings(struct vbc_op *op, const char *settings, vbc_ref *ret_machine)
{
	struct vbc_error saved = vbc_op_try(op);
	int code = vbc_IVirtualBox_openMachine(op, op->vbox, settings, "", ret_machine);

	if (code == VBC_E_CONNECT || code == VBC_E_NOMEM)
		return code;
	vbc_op_try_end(op, &saved);
	return VBC_OK;
}

int vbc_node_remove_files(struct vbc_op *op, const char *settings, bool readable)
{
	const char *folder = vbc_node_folder(op, settings);
	vbc_ref machine = {NULL};
	struct vbc_refs disks = {0};
	int code = folder ? remove_states(op, folder) : vbc_fail_nomem(&op->error);

	if (!code && readable)
		code = open_settings(op, settings, &machine);
	if (code)
		return code;
	if (vbc_ref_is_null(machine))
		return remove_pieces(op, folder, settings);
	code = detach_disks(op, machine);
	if (!code)
		code = vbc_seed_wipe_all(op, folder, (vbc_ref){NULL});
	if (!code)
		code = vbc_medium_all(op, &disks);
	return code ? code : vbc_node_delete_files(op, machine, folder, &disks);
}
