/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/medium-remove.h"

#include "base/clock.h"
#include "base/str.h"
#include "disk/medium.h"
#include "host/file.h"
#include "vbox/aside.h"
#include "vbox/progress.h"

#define IDLE_MS    60000 /* how long work whose client is gone may go on */
#define RELEASE_MS 5000  /* and how long it takes until what it had open is free */

int vbc_medium_delete(struct vbc_op *op, vbc_ref medium)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_deleteStorage(op, medium, &progress);

	return code ? code
		    : vbc_progress_wait(op, progress, "deleting", op->progress.percent,
					op->progress.percent);
}

/* What a web session has open VirtualBox lets go a moment after that session has ended. */
static int medium_delete_when_free(struct vbc_op *op, vbc_ref medium)
{
	int64_t deadline = vbc_now_ms() + RELEASE_MS;

	for (;;) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
		int code = vbc_medium_delete(op, medium);

		if (code != VBC_E_BUSY || vbc_now_ms() >= deadline)
			return vbc_aside_end(&aside, code);
		vbc_sleep_ms(100);
	}
}

/* One that is attached to a machine stays: false. */
static bool medium_drop_unused(struct vbc_op *op, vbc_ref medium)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_strs machines = {0};

	if (vbc_ref_is_null(medium))
		return true;
	if (!vbc_IMedium_getMachineIds(op, medium, &machines) && machines.n)
		return false;
	/* Where its file is gone or no disk any more, VirtualBox only has to forget it. */
	if (medium_delete_when_free(op, medium))
		vbc_IMedium_close(op, medium);
	return true;
}

static int medium_wipe_file(struct vbc_op *op, vbc_ref medium, const char *path)
{
	return medium_drop_unused(op, medium) ? vbc_host_file_remove(op, path) : VBC_OK;
}

int vbc_medium_wipe(struct vbc_op *op, const char *path, const char *progress)
{
	vbc_ref medium = {NULL};
	int code;

	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = vbc_medium_known(op, path, &medium);
	return code ? code : medium_wipe_file(op, medium, path);
}

/* VirtualBox may have lost track of it as something was linked to it, see gc/unknown.c. */
static int medium_open_again(struct vbc_op *op, const char *id, const char *path, vbc_ref *ret)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref disk = {NULL};
	const char *found = "";
	int code = vbc_medium_open(op, path, VBC_AccessMode_ReadWrite, &disk);

	if (code)
		return vbc_aside_forgive(&aside, code,
					 VBC_CODE(VBC_E_FAULT) | VBC_CODE(VBC_E_NOTFOUND));
	vbc_aside_restore(&aside);
	code = vbc_IMedium_getId(op, disk, &found);
	if (!code && !streq(found, id))
		return vbc_IMedium_close(op, disk);
	if (!code)
		*ret = disk;
	return code;
}

/* The disks that are linked to the one of this id; none when that is gone. */
static int medium_find_linked(struct vbc_op *op, const char *base_id, const char *base_path,
			      struct vbc_refs *ret)
{
	vbc_ref base = {NULL};
	int code = vbc_medium_find(op, base_id, &base);

	if (!code && vbc_ref_is_null(base))
		code = medium_open_again(op, base_id, base_path, &base);
	return code || vbc_ref_is_null(base) ? code : vbc_IMedium_getChildren(op, base, ret);
}

int vbc_medium_wipe_linked(struct vbc_op *op, const char *base_id, const char *base_path,
			   const char *path, const char *progress)
{
	struct vbc_refs children = {0};
	vbc_ref linked = {NULL};
	int code;

	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = medium_find_linked(op, base_id, base_path, &children);
	if (!code)
		code = vbc_medium_find_at(op, &children, path, &linked);
	return code ? code : medium_wipe_file(op, linked, path);
}

/* Work on a disk, be it made or read, shows as an operation that the disk has begun. */
static bool medium_has_begun(struct vbc_op *op, vbc_ref operation, const char *path)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const char *location = "";
	vbc_ref disk = {NULL};

	/* Others were begun by machines, and one that has ended meanwhile is forgotten. */
	if (!vbc_IProgress_getInitiator(op, operation, &disk) && !vbc_ref_is_null(disk))
		vbc_IMedium_getLocation(op, disk, &location);
	return streq(location, path);
}

static int medium_is_at_work(struct vbc_op *op, const char *path, bool *ret)
{
	struct vbc_refs running = {0};
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	*ret = false;
	for (size_t i = 0; !code && !*ret && i < running.n; i++)
		*ret = medium_has_begun(op, running.v[i], path);
	return code;
}

int vbc_medium_wait_idle(struct vbc_op *op, const char *path)
{
	int64_t deadline = vbc_now_ms() + IDLE_MS;
	bool working = true;
	int code = VBC_OK;

	while (!code && working) {
		code = medium_is_at_work(op, path, &working);
		if (!code && working && vbc_now_ms() >= deadline)
			code = vbc_fail(&op->error, VBC_E_BUSY, "it is still being copied");
		if (!code && working)
			vbc_sleep_ms(100);
	}
	return code;
}
