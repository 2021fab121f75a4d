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

/* A copy shows as work under way that the disk it reads from has begun. */
static int is_being_copied(struct vbc_op *op, vbc_ref source, bool *ret)
{
	struct vbc_refs running = {0};
	bool found = false;
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	for (size_t i = 0; !code && !found && i < running.n; i++) {
		struct vbc_error saved = vbc_op_try(op);
		vbc_ref initiator = {NULL};

		/* One that ended meanwhile is forgotten by the host. */
		found = vbc_IProgress_getInitiator(op, running.v[i], &initiator) == VBC_OK &&
			!vbc_ref_is_null(initiator) && streq(initiator.s, source.s);
		vbc_op_try_end(op, &saved);
	}
	if (!code)
		*ret = found;
	return code;
}

/*
 * A copy goes on when its client is gone, and would make its disk anew after we removed it. The
 * journal knows it, but for the moment between its start and the note.
 */
static int wait_for_copy(struct vbc_op *op, vbc_ref source)
{
	int64_t deadline = vbc_now_ms() + SETTLE_MS;
	bool copying = true;
	int code = VBC_OK;

	while (!code && copying) {
		code = is_being_copied(op, source, &copying);
		if (!code && copying && vbc_now_ms() >= deadline)
			code = vbc_fail(&op->error, VBC_E_BUSY, "its copy is still under way");
		if (!code && copying)
			vbc_sleep_ms(200);
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
	code = vbc_medium_known(op, source, &medium);
	if (!code && !vbc_ref_is_null(medium))
		code = wait_for_copy(op, medium);
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
