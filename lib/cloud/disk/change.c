/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making and deleting disks that have metadata, so that both survive the death of the program at
 * any point: what is to be removed then is in the journal before it is there.
 */
#include "disk/change.h"

#include "base/path.h"
#include "disk/folder.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "disk/recorded.h"
#include "journal/entry.h"
#include "journal/work.h"
#include "vbox/aside.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

#define DELETING "deleting" /* in the journal: the entry is of a deletion */

int vbc_disk_plan(struct vbc_op *op, const char *kind, const char *source, char ret_id[37],
		  struct vbc_meta *entry)
{
	const char *folder = "";
	int code = vbc_disk_folder(op, kind, &folder);

	return code ? code : vbc_disk_plan_in(op, folder, source, ret_id, entry);
}

int vbc_disk_plan_in(struct vbc_op *op, const char *folder, const char *source, char ret_id[37],
		     struct vbc_meta *entry)
{
	const char *file, *path;
	int code = vbc_op_make_uuid(op, ret_id);

	if (code)
		return code;
	file = vbc_arena_printf(&op->arena, "%s.vdi", ret_id);
	path = file ? vbc_path_join(&op->arena, folder, file) : NULL;
	if (!path)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(entry, "target", path);
	vbc_meta_set_str(entry, "source", source);
	return VBC_OK;
}

int vbc_disk_record(struct vbc_op *op, const char *kind, vbc_ref medium,
		    const struct vbc_meta *meta, const char **ret_id)
{
	const char *id = "";
	int code = vbc_IMedium_getId(op, medium, &id);

	/* The key is named in the journal first: nobody would find it otherwise. */
	if (!code)
		code = vbc_work_note(op, "medium", id);
	if (!code)
		code = vbc_meta_put(op, kind, id, meta);
	if (!code)
		*ret_id = id;
	return code;
}

/* What has begun to go cannot come back; where VirtualBox refuses, somebody uses it, and it stays.
 */
static int disk_finish_delete(struct vbc_op *op, const char *kind, const struct vbc_meta *entry)
{
	const char *target = vbc_meta_str(entry, "target");
	vbc_ref medium = {NULL};
	int code = vbc_medium_wait_idle(op, target);

	if (!code)
		code = vbc_medium_known(op, target, &medium);
	if (code || (!vbc_ref_is_null(medium) && vbc_medium_delete(op, medium)))
		return code;
	return vbc_meta_delete(op, kind, vbc_meta_str(entry, "medium"));
}

static int disk_wipe_new(struct vbc_op *op, const char *kind, const struct vbc_meta *entry)
{
	const char *target = vbc_meta_str(entry, "target"), *source = vbc_meta_str(entry, "source");
	const char *progress = vbc_meta_str(entry, VBC_MEDIUM_PROGRESS);
	const char *medium = vbc_meta_str(entry, "medium");
	int code = VBC_OK;

	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	if (source[0])
		code = vbc_medium_wait_idle(op, source);
	if (!code)
		code = vbc_medium_wait_idle(op, target);
	if (!code)
		code = vbc_medium_wipe(op, target, "");
	if (!code && medium[0])
		code = vbc_meta_delete(op, kind, medium);
	return code;
}

int vbc_disk_undo(struct vbc_op *op, const char *kind, const struct vbc_meta *entry)
{
	return vbc_meta_str(entry, DELETING)[0] ? disk_finish_delete(op, kind, entry)
						: disk_wipe_new(op, kind, entry);
}

/* True when VirtualBox said no, and so has not begun; an answer that got lost may be either. */
static bool disk_was_refused(const struct vbc_op *op, int code)
{
	return code && op->error.result;
}

struct deletion {
	const char *kind; /* of its metadata */
	const struct vbc_disk *disk;
};

static int disk_delete_recorded(struct vbc_op *op, void *arg)
{
	const struct deletion *deletion = arg;
	const struct vbc_disk *disk = deletion->disk;
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_deleteStorage(op, disk->medium, &progress);

	if (disk_was_refused(op, code)) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

		vbc_journal_end(op, disk->id); /* then there is nothing to undo */
		return code;
	}
	if (!code)
		code = vbc_progress_wait(op, progress, "deleting", 0, 100);
	return code ? code : vbc_meta_delete(op, deletion->kind, disk->id);
}

int vbc_disk_delete(struct vbc_op *op, const char *work_kind, const char *kind,
		    const struct vbc_disk *disk)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_THING, work_kind, disk->id, entry, NULL};
	struct deletion deletion = {kind, disk};
	enum vbc_MediumState state;
	/* VirtualBox then also forgets a disk whose file is gone. */
	int code = entry ? vbc_IMedium_refreshState(op, disk->medium, &state)
			 : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	vbc_meta_set_str(entry, DELETING, "yes");
	vbc_meta_set_str(entry, "target", disk->location);
	vbc_meta_set_str(entry, "medium", disk->id);
	vbc_op_about_nothing(op);
	return vbc_work_run(op, &work, disk_delete_recorded, &deletion);
}
