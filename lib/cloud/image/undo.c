/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Removing what the making of an image left: of this program when it failed, or of one that was
 * killed at any point of it.
 */
#include "image/undo.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/kinds.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "image/archive.h"
#include "snapshot/temporary.h"
#include "transfer/upload.h"
#include "vbox/aside.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

/* Only files that are named after the work are its own. */
static int image_wipe_own(struct vbc_op *op, const char *id, const char *path)
{
	return vbc_starts_with(vbc_path_base(path), id) ? vbc_medium_wipe(op, path, "") : VBC_OK;
}

int vbc_image_import_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *source = vbc_meta_str(entry, "source"), *target = vbc_meta_str(entry, "target");
	const char *medium_id = vbc_meta_str(entry, "medium");
	const char *machine_id = vbc_meta_str(entry, "machine");
	const char *archive = vbc_meta_str(entry, "unpacking");
	const char *progress = vbc_meta_str(entry, VBC_MEDIUM_PROGRESS);
	vbc_ref medium = {NULL};
	int code;

	vbc_upload_end(op, (vbc_ref){vbc_meta_str(entry, "session")});
	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = archive[0] ? vbc_archive_undo(op, source, archive)
			  : vbc_medium_wait_idle(op, source);
	if (!code)
		code = vbc_medium_known(op, source, &medium);
	if (code)
		return code;
	if (!vbc_ref_is_null(medium) && vbc_meta_str(entry, "forget")[0]) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

		vbc_IMedium_close(op, medium); /* in use by others: it may stay known */
	}
	code = image_wipe_own(op, id, source);
	if (!code)
		code = image_wipe_own(op, id, target);
	if (!code && medium_id[0])
		code = vbc_meta_delete(op, VBC_IMAGE_KIND, medium_id);
	if (!code && machine_id[0])
		code = vbc_temporary_delete(op, machine_id, id, 0, 0);
	return code;
}
