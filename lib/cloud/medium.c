/* SPDX-License-Identifier: Apache-2.0 */
#include "medium.h"

#include "doing.h"
#include "host-file.h"
#include "progress.h"
#include "str.h"

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
		code = vbc_doing_note(op, VBC_MEDIUM_PROGRESS, progress.s);
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

/*
 * A disk whose attachment is given up instead of saved counts as attached until the host's service
 * is restarted, and cannot be deleted; so the settings are saved whatever went wrong. (Detaching
 * it instead crashes VBoxSVC.)
 */
int vbc_medium_attach(struct vbc_op *op, vbc_ref machine, const char *controller, int port,
		      vbc_ref medium)
{
	int code = vbc_IMachine_attachDevice(op, machine, controller, port, 0,
					     VBC_DeviceType_HardDisk, medium);

	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	if (code) {
		struct vbc_error saved = vbc_op_try(op);

		vbc_IMachine_saveSettings(op, machine);
		vbc_op_try_end(op, &saved);
	}
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

int vbc_medium_known(struct vbc_op *op, const char *path, vbc_ref *ret_medium)
{
	struct vbc_refs disks = {0};
	struct vbc_batch_call *calls;
	const char **locations;
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &disks);

	if (code)
		return code;
	calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, disks.n);
	locations = VBC_ARENA_ARRAY(&op->arena, const char *, disks.n);
	if (!calls || !locations)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < disks.n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
						   .self = disks.v[i], .out = &locations[i]};
	code = vbc_batch(op, calls, disks.n);
	*ret_medium = (vbc_ref){NULL};
	for (size_t i = 0; !code && i < disks.n; i++)
		if (calls[i].code == VBC_OK && streq(locations[i], path))
			*ret_medium = disks.v[i];
	return code;
}

int vbc_medium_wipe(struct vbc_op *op, const char *path, const char *progress)
{
	vbc_ref medium = {NULL};
	struct vbc_strs machines = {0};
	struct vbc_error saved;
	int code;

	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = vbc_medium_known(op, path, &medium);
	if (code)
		return code;
	if (vbc_ref_is_null(medium))
		return vbc_host_file_remove(op, path);
	saved = vbc_op_try(op);
	if (!vbc_IMedium_getMachineIds(op, medium, &machines) && machines.n) {
		vbc_op_try_end(op, &saved);
		return VBC_OK;
	}
	/* Where its file is gone or no disk any more, VirtualBox only has to forget it. */
	if (vbc_medium_delete(op, medium))
		vbc_IMedium_close(op, medium);
	vbc_op_try_end(op, &saved);
	return vbc_host_file_remove(op, path);
}
