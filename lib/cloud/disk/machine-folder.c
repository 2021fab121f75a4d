/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/machine-folder.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "disk/medium.h"
#include "host/folders.h"
#include "machine/console.h"
#include "vbox/progress.h"

static const char *const shelves[] = {"images", "volumes", "snapshots", "uploads"};

/* Whether a path may lead to where the library keeps its disks, which asking the host tells. */
static bool folder_may_be_shelf(const char *folder)
{
	for (size_t i = 0; i < VBC_COUNT(shelves); i++)
		if (strstr(folder, shelves[i]))
			return true;
	return false;
}

int vbc_machine_folder(struct vbc_op *op, vbc_ref machine, const char **ret_folder)
{
	const char *settings = "", *folder;
	int code = vbc_IMachine_getSettingsFilePath(op, machine, &settings);

	if (code)
		return code;
	folder = vbc_path_parent(&op->arena, settings);
	if (!folder)
		return vbc_fail_nomem(&op->error);
	*ret_folder = folder;
	return VBC_OK;
}

bool vbc_machine_is_shelf(const char *name)
{
	for (size_t i = 0; i < VBC_COUNT(shelves); i++)
		if (streq(name, shelves[i]))
			return true;
	return false;
}

/*
 * Whether a disk lies where VirtualBox puts a machine's own: beside its settings or in the folder
 * for snapshots there. Settings may lie anywhere, also where the library keeps images and volumes
 * (of folders; NULL: surely not), or in a folder that has other machines in folders below it.
 */
static bool media_is_beside(const struct vbc_folders *folders, const char *folder,
			    const char *snapshots, const char *location)
{
	return !(folders && vbc_path_in_library(location, folders)) &&
	       (vbc_path_in(location, folder, true) || vbc_path_in(location, snapshots, true));
}

/* Leaves those that a machine still has: that is another, whose disk cannot be deleted anyway. */
static int media_drop_used(struct vbc_op *op, vbc_ref *media, const char *const *locations,
			   size_t *n)
{
	struct vbc_strs *owners = VBC_ARENA_ARRAY(&op->arena, struct vbc_strs, *n);
	struct vbc_batch_call *calls;
	size_t kept = 0;
	int code = vbc_batch_each(op, VBC_M_IMedium_getMachineIds, media, *n, owners,
				  sizeof(*owners), &calls);

	for (size_t i = 0; !code && i < *n; i++) {
		if (!calls[i].code && owners[i].n)
			vbc_op_log(op, 0, "%s is left in place: machine %s has it, too",
				   locations[i], owners[i].v[0]);
		else
			media[kept++] = media[i];
	}
	*n = kept;
	return code;
}

int vbc_machine_own_media(struct vbc_op *op, const char *folder, const struct vbc_refs *media,
			  struct vbc_refs *ret_own)
{
	vbc_ref *own = VBC_ARENA_ARRAY(&op->arena, vbc_ref, media->n);
	const char *snapshots = vbc_path_join(&op->arena, folder, VBC_MACHINE_SNAPSHOTS),
		   **locations = NULL;
	struct vbc_folders folders;
	bool doubtful = folder_may_be_shelf(folder);
	size_t n = 0;
	int code = own && snapshots ? VBC_OK : vbc_fail_nomem(&op->error);

	if (!code && doubtful)
		code = vbc_folders_get(op, &folders);
	if (!code && media->n)
		code = vbc_medium_locations(op, media, &locations);
	for (size_t i = 0; !code && i < media->n; i++) {
		if (!locations[i] ||
		    !media_is_beside(doubtful ? &folders : NULL, folder, snapshots, locations[i]))
			continue;
		locations[n] = locations[i];
		own[n++] = media->v[i];
	}
	if (!code && n)
		code = media_drop_used(op, own, locations, &n);
	*ret_own = (struct vbc_refs){.n = n, .v = own};
	return code;
}

int vbc_machine_delete_files(struct vbc_op *op, vbc_ref machine, const char *folder,
			     const struct vbc_refs *media, bool whole)
{
	struct vbc_refs own = {0}, all = {0};
	vbc_ref progress = {NULL};
	bool undoing = op->undoing;
	int code;

	op->undoing = true;
	code = vbc_machine_own_media(op, folder, media, &own);
	if (!code && whole && !own.n) {
		code = vbc_medium_all(op, &all);
		if (!code)
			code = vbc_machine_own_media(op, folder, &all, &own);
	}
	if (!code)
		code = vbc_console_remove(op, machine, folder);
	if (!code)
		code = vbc_IMachine_deleteConfig(op, machine, own, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "deleting", 0, 100);
	op->undoing = undoing;
	return code;
}

/*
 * Only a machine can remove a folder, with what VirtualBox itself keeps there; so one is made for
 * that, in the place of the old.
 */
int vbc_machine_remove_folder(struct vbc_op *op, const char *settings)
{
	const struct vbc_strs groups = {0};
	const char *folder = vbc_path_parent(&op->arena, settings);
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
	return code ? code
		    : vbc_machine_delete_files(op, machine, folder, &(struct vbc_refs){0}, false);
}
