/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files of a machine that is not registered any more.
 */
#include "disk/machine-remains.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/machine-folder.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "disk/seed-disc.h"
#include "host/file.h"
#include "host/folders.h"
#include "machine/registered.h"
#include "vbox/aside.h"

#define SETTINGS ".vbox" /* how the names of settings files end */

/* *ret_media: what was attached. */
static int remains_detach_disks(struct vbc_op *op, vbc_ref machine, struct vbc_refs *ret_media)
{
	struct vbc_IMediumAttachment_array all = {0};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);
	vbc_ref *media = VBC_ARENA_ARRAY(&op->arena, vbc_ref, all.n);
	size_t n = 0;

	if (!code && !media)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < all.n; i++) {
		struct vbc_storage_slot place = vbc_storage_slot_of(&all.v[i]);

		if (all.v[i].type != VBC_DeviceType_HardDisk && all.v[i].type != VBC_DeviceType_DVD)
			continue;
		if (!vbc_ref_is_null(all.v[i].medium))
			media[n++] = all.v[i].medium;
		code = vbc_medium_detach(op, machine, &place);
	}
	*ret_media = (struct vbc_refs){.n = n, .v = media};
	return code;
}

/* Whether what was written to a volume since a snapshot of the node is in this disk. */
static int remains_find_volume_part(struct vbc_op *op, vbc_ref disk, bool *ret)
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

/* Whether something else is kept in this disk: what was written to a volume, or what a disk needs.
 */
static int disk_find_kept(struct vbc_op *op, vbc_ref disk, bool *ret)
{
	struct vbc_refs children = {0};
	int code = vbc_IMedium_getChildren(op, disk, &children);

	*ret = children.n > 0;
	return code || *ret ? code : remains_find_volume_part(op, disk, ret);
}

/* The disk that a node of ours has, which VirtualBox may not know: its settings told of it. */
static int remains_remove_first(struct vbc_op *op, const char *path)
{
	const char **locations = NULL;
	struct vbc_refs disks = {0};
	int code = vbc_medium_all(op, &disks);

	if (!code)
		code = vbc_medium_locations(op, &disks, &locations);
	for (size_t i = 0; !code && i < disks.n; i++)
		if (locations[i] && streq(locations[i], path))
			return VBC_OK; /* it was to stay */
	return code ? code : vbc_host_file_remove(op, path);
}

/* Children come first in the list, so what only they needed is needed no more. */
static int remains_remove_disks(struct vbc_op *op, const char *folder, const char *id)
{
	const char *first = vbc_arena_printf(&op->arena, "%s%s.vdi", folder, id);
	struct vbc_refs disks = {0}, own = {0};
	enum vbc_MediumState state;
	int code = first ? vbc_medium_all(op, &disks) : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_machine_own_media(op, folder, &disks, &own);
	for (size_t i = 0; !code && i < own.n; i++) {
		bool stays = false;

		code = disk_find_kept(op, own.v[i], &stays);
		if (!code && !stays)
			code = vbc_IMedium_refreshState(op, own.v[i], &state);
		if (!code && !stays)
			code = vbc_medium_delete(op, own.v[i]);
	}
	return code ? code : remains_remove_first(op, first);
}

/* Files that VirtualBox makes for a machine, and a new one in its place does not take with it. */
static bool remains_is_state(const char *name)
{
	return vbc_ends_with(name, ".sav") || vbc_ends_with(name, ".nvram");
}

static int remains_remove_states(struct vbc_op *op, const char *folder)
{
	struct vbc_strs names = {0};
	int code = vbc_host_file_list(op, folder, &names);

	for (size_t i = 0; !code && i < names.n; i++) {
		const char *path = remains_is_state(names.v[i])
					   ? vbc_path_join(&op->arena, folder, names.v[i])
					   : "";

		if (!path)
			code = vbc_fail_nomem(&op->error);
		else if (path[0])
			code = vbc_host_file_remove(op, path);
	}
	return code;
}

/* What machines keep beside their settings is not named as another's; nor is the library's. */
static bool remains_is_others(const char *name)
{
	return vbc_machine_is_shelf(name) || vbc_is_uuid(name) || vbc_ends_with(name, SETTINGS) ||
	       vbc_ends_with(name, SETTINGS "-prev");
}

/* Names what is nobody's any more and may be dear to somebody: it is not ours to delete. */
static int remains_report_rest(struct vbc_op *op, const char *folder, const char *why)
{
	struct vbc_strs names = {0};
	struct vbc_buf VBC_BUF list;
	size_t n = 0;
	int code = vbc_host_file_list(op, folder, &names);

	vbc_buf_init(&list, 700);
	for (size_t i = 0; !code && i < names.n; i++)
		if (!remains_is_others(names.v[i]))
			vbc_buf_printf(&list, "%s%s", n++ ? ", " : "", names.v[i]);
	if (!code && n)
		vbc_op_log(op, 0, "these files %s are left in %s: %s", why, folder,
			   list.data ? list.data : "");
	return code;
}

static int remains_find_unreadable(struct vbc_op *op, bool *ret)
{
	struct vbc_refs machines = {0};
	struct vbc_batch_call *calls;
	bool *accessible;
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (code)
		return code;
	accessible = VBC_ARENA_ARRAY(&op->arena, bool, machines.n);
	code = vbc_batch_each(op, VBC_M_IMachine_getAccessible, machines.v, machines.n, accessible,
			      sizeof(*accessible), &calls);
	for (size_t i = 0; !code && i < machines.n; i++)
		*ret = *ret || (!calls[i].code && !accessible[i]);
	return code;
}

/*
 * Whether disks of a machine that cannot be read may be needed. A linked clone leaves it with a
 * disk for what has changed since; and VirtualBox knows neither that nor the clone, as it knows
 * the disk of both from these settings. So while another machine cannot be read, nobody can tell.
 */
static int remains_find_needed(struct vbc_op *op, const char *snapshots, bool *ret)
{
	struct vbc_strs names = {0};
	int code = vbc_host_file_list(op, snapshots, &names);

	*ret = false;
	for (size_t i = 0; !code && i < names.n; i++)
		*ret = *ret || !remains_is_state(names.v[i]);
	return code || *ret ? code : remains_find_unreadable(op, ret);
}

static int remains_remove_settings(struct vbc_op *op, const char *settings)
{
	const char *previous = vbc_arena_printf(&op->arena, "%s-prev", settings);
	int code = previous ? vbc_host_file_remove(op, settings) : vbc_fail_nomem(&op->error);

	return code ? code : vbc_host_file_remove(op, previous);
}

/* Removes the settings and nothing else: who else has files in the folder, nobody knows. */
static int remains_remove_settings_alone(struct vbc_op *op, const char *folder,
					 const char *settings)
{
	struct vbc_strs names = {0};
	size_t others = 0;
	int code = vbc_host_file_list(op, folder, &names);

	if (code || !vbc_strs_has(&names, vbc_path_base(settings)))
		return code;
	for (size_t i = 0; i < names.n; i++)
		others += !vbc_starts_with(names.v[i], vbc_path_base(settings));
	if (!others)
		return vbc_machine_remove_folder(op, settings);
	code = remains_remove_settings(op, settings);
	return code ? code
		    : remains_report_rest(op, folder,
					  "may be those of a machine that could not be read, and");
}

/* Where a machine was, of which there are pieces only. */
struct place {
	const char *settings, *folder;
	const char *id; /* of a node of ours, which has the folder for itself; "" for all others */
};

/*
 * Of a machine whose settings cannot be read, or are gone already, in a node's folder. They are
 * never opened: if they are encrypted, VirtualBox's service ends over that.
 */
static int remains_remove_pieces(struct vbc_op *op, const struct place *p, bool unneeded)
{
	const char *snapshots = vbc_path_join(&op->arena, p->folder, VBC_MACHINE_SNAPSHOTS);
	const char *file = vbc_arena_printf(&op->arena, "%s%s" SETTINGS, p->folder, p->id);
	const char *why = "of a machine that could not be read";
	struct vbc_strs names = {0};
	bool there = false, needed = false;
	int code = file && snapshots ? VBC_OK : vbc_fail_nomem(&op->error);

	if (!code && !unneeded)
		code = remains_find_needed(op, snapshots, &needed);
	if (needed)
		why = "of a machine that could not be read, whose disk another may need,";
	else if (!code)
		code = remains_remove_disks(op, p->folder, p->id);
	if (!code)
		code = vbc_seed_wipe_all(op, p->folder, (vbc_ref){NULL});
	if (!code)
		code = remains_remove_states(op, snapshots);
	if (!code && !streq(file, p->settings)) /* it was renamed */
		code = remains_remove_settings(op, p->settings);
	if (!code)
		code = vbc_host_file_look(op, p->folder, &there, &names);
	if (!code && there)
		code = vbc_machine_remove_folder(op, file);
	if (!code && there)
		code = remains_report_rest(op, p->folder, why);
	return !code && there ? remains_report_rest(op, snapshots, why) : code;
}

static int remains_open_settings(struct vbc_op *op, const char *settings, vbc_ref *ret_machine)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_IVirtualBox_openMachine(op, op->vbox, settings, "", ret_machine);

	return vbc_aside_forgive(
		&aside, code,
		~(VBC_CODE(VBC_E_CONNECT) | VBC_CODE(VBC_E_NOMEM) | VBC_CODE(VBC_E_STALE)));
}

/* Whether no machine but the node of this id can have its settings in the folder. */
static int remains_find_alone(struct vbc_op *op, const struct place *p, const char *id, bool *ret)
{
	struct vbc_strs names = {0};
	vbc_ref machine = {NULL};
	int code = vbc_host_file_list(op, p->folder, &names);

	if (!code)
		code = vbc_node_registered(op, id, &machine);
	*ret = !code && vbc_ref_is_null(machine);
	for (size_t i = 0; !code && i < names.n; i++)
		if (vbc_ends_with(names.v[i], SETTINGS) &&
		    !streq(names.v[i], vbc_path_base(p->settings)))
			*ret = false;
	return code;
}

/* Only what lies in the folder of a node of ours is all the machine's, whoever put it there. */
static int remains_find_place(struct vbc_op *op, const char *settings, struct place *ret)
{
	const char *folder = vbc_path_parent(&op->arena, settings), *bare, *id, *ours;
	struct vbc_folders folders;
	bool alone = false;
	int code = folder ? vbc_folders_get(op, &folders) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	*ret = (struct place){.settings = settings, .folder = folder, .id = ""};
	bare = vbc_arena_strndup(&op->arena, folder, strlen(folder) - 1);
	id = bare ? vbc_path_base(bare) : "";
	ours = vbc_path_join(&op->arena, folders.machines, id);
	if (!bare || !ours)
		return vbc_fail_nomem(&op->error);
	if (vbc_is_uuid(id) && streq(bare, ours))
		code = remains_find_alone(op, ret, id, &alone);
	if (alone)
		ret->id = id;
	return code;
}

/* unneeded: it is known that nobody needs the disks. */
static int remains_remove_closed(struct vbc_op *op, const struct place *p, bool unneeded)
{
	return p->id[0] ? remains_remove_pieces(op, p, unneeded)
			: remains_remove_settings_alone(op, p->folder, p->settings);
}

static int remains_remove_open(struct vbc_op *op, const struct place *p, vbc_ref machine)
{
	struct vbc_refs media = {0};
	int code = remains_detach_disks(op, machine, &media);

	if (!code && p->id[0])
		code = vbc_seed_wipe_all(op, p->folder, (vbc_ref){NULL});
	if (!code && p->id[0])
		code = vbc_medium_all(op, &media);
	return code ? code : vbc_machine_delete_files(op, machine, p->folder, &media, false);
}

int vbc_machine_remove_files(struct vbc_op *op, const char *settings, enum vbc_settings are)
{
	struct place place;
	vbc_ref machine = {NULL};
	int code;

	if (!vbc_path_is_absolute(settings)) {
		vbc_op_log(
			op, 0,
			"the files of a machine are left in place, as nothing says where they are");
		return VBC_OK;
	}
	code = remains_find_place(op, settings, &place);
	if (!code && place.id[0])
		code = remains_remove_states(op, place.folder);
	if (!code && are == VBC_SETTINGS_READABLE)
		code = remains_open_settings(op, settings, &machine);
	if (code)
		return code;
	return vbc_ref_is_null(machine)
		       ? remains_remove_closed(op, &place, are != VBC_SETTINGS_UNREADABLE)
		       : remains_remove_open(op, &place, machine);
}
