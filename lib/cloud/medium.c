/* SPDX-License-Identifier: Apache-2.0 */
#include "medium.h"

#include "clock.h"
#include "folders.h"
#include "host-file.h"
#include "progress.h"
#include "str.h"

#define WIPE_PATIENCE_MS 600000 /* a copy of many GiB may still be under way */

int vbc_medium_open(struct vbc_op *op, const char *location, enum vbc_AccessMode mode,
		    vbc_ref *ret_medium)
{
	return vbc_IVirtualBox_openMedium(op, op->vbox, location, VBC_DeviceType_HardDisk, mode,
					  false, ret_medium);
}

static int start_copy(struct vbc_op *op, vbc_ref source, vbc_ref target, uint64_t size_bytes,
		      vbc_ref *ret_progress)
{
	static const int standard[] = {VBC_MediumVariant_Standard};
	const struct vbc_enums variant = {.n = 1, .v = standard};

	if (size_bytes && vbc_op_has(op, VBC_M_IMedium_resizeAndCloneTo))
		return vbc_IMedium_resizeAndCloneTo(op, source, target, (int64_t)size_bytes,
						    variant, (vbc_ref){NULL}, ret_progress);
	return vbc_IMedium_cloneToBase(op, source, target, variant, ret_progress);
}

/* Hosts without resizeAndCloneTo (before 7.0.6) grow the copy afterwards. */
static int grow(struct vbc_op *op, vbc_ref medium, uint64_t size_bytes, unsigned at)
{
	vbc_ref progress = {NULL};
	int code;

	if (!size_bytes || vbc_op_has(op, VBC_M_IMedium_resizeAndCloneTo))
		return VBC_OK;
	code = vbc_IMedium_resize(op, medium, (int64_t)size_bytes, &progress);
	return code ? code : vbc_progress_wait(op, progress, op->progress.what, at, at);
}

int vbc_medium_copy(struct vbc_op *op, vbc_ref source, const char *path, uint64_t size_bytes,
		    const char *what, unsigned from, unsigned to, vbc_ref *ret_medium)
{
	vbc_ref target = {NULL}, progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path,
						VBC_AccessMode_ReadWrite, VBC_DeviceType_HardDisk,
						&target);

	if (!code)
		code = start_copy(op, source, target, size_bytes, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, what, from, to);
	if (code)
		return code; /* VirtualBox removes what it copied so far */
	code = grow(op, target, size_bytes, to);
	if (code)
		vbc_medium_delete(op, target);
	else
		*ret_medium = target;
	return code;
}

int vbc_medium_delete(struct vbc_op *op, vbc_ref medium)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_deleteStorage(op, medium, &progress);

	return code ? code
		    : vbc_progress_wait(op, progress, "deleting", op->progress.percent,
					op->progress.percent);
}

/* A medium that is being written by a copy whose client died is busy until that ends. */
static int delete_when_free(struct vbc_op *op, vbc_ref medium)
{
	int64_t deadline = vbc_now_ms() + WIPE_PATIENCE_MS;
	int code;

	for (;;) {
		struct vbc_error saved = vbc_op_try(op);

		code = vbc_medium_delete(op, medium);
		vbc_op_try_end(op, &saved);
		if (code != VBC_E_BUSY || vbc_now_ms() >= deadline)
			return code;
		vbc_sleep_ms(200);
	}
}

static bool known_medium(struct vbc_op *op, const char *path, vbc_ref *ret_medium)
{
	struct vbc_refs disks = {0};
	struct vbc_batch_call *calls;
	const char **locations;

	if (vbc_IVirtualBox_getHardDisks(op, op->vbox, &disks))
		return false;
	calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, disks.n);
	locations = VBC_ARENA_ARRAY(&op->arena, const char *, disks.n);
	if (!calls || !locations)
		return false;
	for (size_t i = 0; i < disks.n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
						   .self = disks.v[i], .out = &locations[i]};
	if (vbc_batch(op, calls, disks.n))
		return false;
	for (size_t i = 0; i < disks.n; i++) {
		if (calls[i].code == VBC_OK && streq(locations[i], path)) {
			*ret_medium = disks.v[i];
			return true;
		}
	}
	return false;
}

int vbc_medium_wipe(struct vbc_op *op, const char *path)
{
	vbc_ref medium = {NULL};

	if (known_medium(op, path, &medium) && delete_when_free(op, medium)) {
		struct vbc_error saved = vbc_op_try(op);

		/* Its file is gone or no disk any more: VirtualBox only has to forget it. */
		vbc_IMedium_close(op, medium);
		vbc_op_try_end(op, &saved);
	}
	return vbc_host_file_remove(op, path);
}
