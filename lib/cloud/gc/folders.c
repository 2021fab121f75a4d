/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Folders of nodes that are gone, with nothing left in them. VirtualBox's file explorer removes no
 * folders, so this takes a machine.
 */
#include "gc/folders.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/machine-folder.h"
#include "gc/gone.h"
#include "gc/list.h"
#include "host/file.h"
#include "host/folders.h"
#include "journal/work.h"
#include "machine/console.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

/* The names in the machine folder that are those of nodes; others are not ours. */
static int gc_find_node_folders(struct vbc_op *op, struct vbc_strs *ret_ids)
{
	struct vbc_folders folders;
	struct vbc_strs names = {0};
	const char **ids;
	size_t n = 0;
	bool listed = false;
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_host_file_look(op, folders.machines, &listed, &names);
	if (code)
		return code;
	ids = VBC_ARENA_ARRAY(&op->arena, const char *, names.n);
	if (!ids)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < names.n; i++)
		if (vbc_is_uuid(names.v[i]))
			ids[n++] = names.v[i];
	*ret_ids = (struct vbc_strs){.n = n, .v = ids};
	return VBC_OK;
}

/* Whether all that a folder has is this one file, which may be NULL. */
static int gc_folder_has_only(struct vbc_op *op, const char *folder, const char *name, bool *ret)
{
	struct vbc_strs names = {0};
	int code =
		folder ? vbc_host_file_look(op, folder, ret, &names) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < names.n; i++)
		*ret = *ret && name && streq(names.v[i], name);
	return code;
}

/*
 * But for an empty folder that VirtualBox makes in it, for a machine's snapshots; and for that of
 * the logs with the guest's console, which other programs do not delete with a machine.
 */
static int gc_folder_is_empty(struct vbc_op *op, const char *folder, bool *ret)
{
	struct vbc_strs names = {0};
	int code = vbc_host_file_look(op, folder, ret, &names);

	for (size_t i = 0; !code && *ret && i < names.n; i++) {
		bool logs = streq(names.v[i], VBC_MACHINE_LOGS);

		if (logs || streq(names.v[i], VBC_MACHINE_SNAPSHOTS))
			code = gc_folder_has_only(op, vbc_path_join(&op->arena, folder, names.v[i]),
						  logs ? VBC_CONSOLE_FILE : NULL, ret);
		else
			*ret = false;
	}
	return code;
}

static int folder_remove_recorded(struct vbc_op *op, void *arg)
{
	const char *const *settings = arg;

	return vbc_machine_remove_folder(op, *settings);
}

/* The machine that is made there for it is in the journal as one whose deletion has begun. */
static int gc_remove_folder(struct vbc_op *op, const char *id, const char *settings)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_THING, "node-destroy", id, entry, NULL};

	if (!entry)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(entry, "settings", settings);
	return vbc_work_run(op, &work, folder_remove_recorded, &settings);
}

/* Under the node's advisory lock, so that of two who remove it the second finds it gone. */
static int gc_remove_folder_locked(struct vbc_op *op, const struct vbc_folders *folders,
				   const char *id, const char *folder)
{
	const char *settings = vbc_path_settings(op, folders, id);
	struct vbc_lock lock = {0};
	bool empty = false;
	int code = settings ? vbc_lock_prepare(op, id, &lock) : vbc_fail_nomem(&op->error);

	if (!code)
		code = gc_folder_is_empty(op, folder, &empty);
	if (!code && empty)
		code = gc_remove_folder(op, id, settings);
	vbc_lock_drop(op, &lock);
	return code;
}

static int gc_collect_folder(struct vbc_op *op, struct vbc_gc *gc, const char *id)
{
	struct vbc_folders folders;
	const char *folder, *text;
	bool empty = false;
	int code = vbc_folders_get(op, &folders);

	if (code)
		return code;
	folder = vbc_path_join(&op->arena, folders.machines, id);
	text = folder ? vbc_arena_printf(&op->arena, "an empty folder of a node that is gone: %s",
					 folder)
		      : NULL;
	code = text ? gc_folder_is_empty(op, folder, &empty) : vbc_fail_nomem(&op->error);
	if (code || !empty)
		return code;
	code = vbc_gc_add_leftover(op, gc, "folder", id, text);
	return code || gc->dry_run ? code : gc_remove_folder_locked(op, &folders, id, folder);
}

int vbc_gc_folders(struct vbc_op *op, struct vbc_gc *gc)
{
	struct vbc_strs ids = {0}, gone = {0};
	int code = gc_find_node_folders(op, &ids);

	if (!code && ids.n)
		code = vbc_gc_gone_nodes(op, &ids, &gone);
	for (size_t i = 0; !code && i < gone.n; i++)
		code = gc_collect_folder(op, gc, gone.v[i]);
	return code;
}
