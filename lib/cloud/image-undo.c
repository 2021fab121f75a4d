/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Removing what an import left: of this program when it failed, or of one that was killed at any
 * point of it.
 */
#include "clock.h"
#include "doing.h"
#include "image-private.h"
#include "medium.h"
#include "progress.h"
#include "str.h"
#include "upload.h"

#define SETTLE_MS 60000

/* Work on a disk, be it made or read, shows as an operation that the disk has begun. */
static bool has_begun(struct vbc_op *op, vbc_ref operation, const char *path)
{
	struct vbc_error saved = vbc_op_try(op);
	const char *location = "";
	vbc_ref disk = {NULL};

	/* Others were begun by machines, and one that has ended meanwhile is forgotten. */
	if (!vbc_IProgress_getInitiator(op, operation, &disk) && !vbc_ref_is_null(disk))
		vbc_IMedium_getLocation(op, disk, &location);
	vbc_op_try_end(op, &saved);
	return streq(location, path);
}

static int is_at_work(struct vbc_op *op, const char *path, bool *ret)
{
	struct vbc_refs running = {0};
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	*ret = false;
	for (size_t i = 0; !code && !*ret && i < running.n; i++)
		*ret = has_begun(op, running.v[i], path);
	return code;
}

/*
 * What was begun goes on when its client is gone, and would make its disk known after we removed
 * it. The journal has the copy, but for the moment between its start and the note.
 */
static int wait_for_work(struct vbc_op *op, const char *path)
{
	int64_t deadline = vbc_now_ms() + SETTLE_MS;
	bool working = true;
	int code = VBC_OK;

	while (!code && working) {
		code = is_at_work(op, path, &working);
		if (!code && working && vbc_now_ms() >= deadline)
			code = vbc_fail(&op->error, VBC_E_BUSY, "it is still being copied");
		if (!code && working)
			vbc_sleep_ms(100);
	}
	return code;
}

/* Only files that are named after the work are its own. */
static int wipe(struct vbc_op *op, const char *id, const char *path)
{
	return vbc_starts_with(vbc_path_base(path), id) ? vbc_medium_wipe(op, path, "") : VBC_OK;
}

int vbc_image_import_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *source = vbc_meta_str(entry, "source"), *target = vbc_meta_str(entry, "target");
	const char *medium_id = vbc_meta_str(entry, "medium");
	const char *progress = vbc_meta_str(entry, VBC_MEDIUM_PROGRESS);
	vbc_ref medium = {NULL};
	int code;

	vbc_upload_end(op, (vbc_ref){vbc_meta_str(entry, "session")});
	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = wait_for_work(op, source);
	if (!code)
		code = vbc_medium_known(op, source, &medium);
	if (code)
		return code;
	if (!vbc_ref_is_null(medium) && vbc_meta_str(entry, "forget")[0]) {
		struct vbc_error saved = vbc_op_try(op);

		vbc_IMedium_close(op, medium); /* in use by others: it may stay known */
		vbc_op_try_end(op, &saved);
	}
	code = wipe(op, id, source);
	if (!code)
		code = wipe(op, id, target);
	if (!code && medium_id[0])
		code = vbc_meta_delete(op, VBC_IMAGE_KIND, medium_id);
	return code;
}
