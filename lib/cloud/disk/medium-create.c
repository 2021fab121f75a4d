/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/medium-create.h"

#include "disk/medium-remove.h"
#include "journal/work.h"
#include "vbox/progress.h"

static const int dynamic[] = {VBC_MediumVariant_Standard};
static const struct vbc_enums standard = {.n = 1, .v = dynamic};

/*
 * Hosts without resizeAndCloneTo (before 7.0.6) copy into a disk that is made first, as large as
 * wanted. One grown afterwards would not do: none smaller than 1 MiB can be copied to at all, and
 * of the size of the others the host learns only later, after it made snapshots of the old size.
 */
static int medium_make_room(struct vbc_op *op, vbc_ref target, uint64_t size_bytes, unsigned at)
{
	vbc_ref progress = {NULL};
	int code =
		vbc_IMedium_createBaseStorage(op, target, (int64_t)size_bytes, standard, &progress);

	return code ? code : vbc_progress_wait(op, progress, op->progress.what, at, at);
}

/* Notes the work in the journal and waits for it. */
static int medium_await(struct vbc_op *op, vbc_ref progress, const char *what, unsigned from,
			unsigned to)
{
	int code = vbc_work_note(op, VBC_MEDIUM_PROGRESS, progress.s);

	return code ? code : vbc_progress_wait(op, progress, what, from, to);
}

int vbc_medium_copy(struct vbc_op *op, vbc_ref source, const char *path, uint64_t size_bytes,
		    const char *what, unsigned from, unsigned to, vbc_ref *ret_medium)
{
	bool in_one = size_bytes && vbc_op_has(op, VBC_M_IMedium_resizeAndCloneTo);
	vbc_ref target = {NULL}, progress = {NULL};
	bool made = false;
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path, VBC_AccessMode_ReadWrite,
						VBC_DeviceType_HardDisk, &target);

	if (!code && size_bytes && !in_one) {
		code = medium_make_room(op, target, size_bytes, from);
		made = code == VBC_OK;
	}
	if (!code)
		code = in_one ? vbc_IMedium_resizeAndCloneTo(op, source, target,
							     (int64_t)size_bytes, standard,
							     (vbc_ref){NULL}, &progress)
			      : vbc_IMedium_cloneToBase(op, source, target, standard, &progress);
	if (!code)
		code = medium_await(op, progress, what, from, to);
	if (code && made)
		vbc_medium_delete(op, target);
	else if (!code)
		*ret_medium = target;
	return code; /* VirtualBox removes what it has not copied to the end */
}

int vbc_medium_rename(struct vbc_op *op, vbc_ref medium, const char *path, const char *what,
		      unsigned at)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_moveTo(op, medium, path, &progress);

	return code ? code : medium_await(op, progress, what, at, at);
}

int vbc_medium_link(struct vbc_op *op, vbc_ref base, const char *path, unsigned at,
		    vbc_ref *ret_medium)
{
	const int layout[] = {VBC_MediumVariant_Diff};
	const struct vbc_enums variant = {.n = 1, .v = layout};
	vbc_ref medium = {NULL}, progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path, VBC_AccessMode_ReadWrite,
						VBC_DeviceType_HardDisk, &medium);

	if (!code)
		code = vbc_IMedium_createDiffStorage(op, base, medium, variant, &progress);
	/* It takes a moment: an undo that finds no note of it waits for that. */
	if (!code)
		code = vbc_progress_wait(op, progress, "linking the disk", at, at);
	if (!code)
		*ret_medium = medium;
	return code;
}

int vbc_medium_create(struct vbc_op *op, const char *path, uint64_t size_bytes, bool fixed,
		      const char *what, unsigned from, unsigned to, vbc_ref *ret_medium)
{
	const int layout[] = {fixed ? VBC_MediumVariant_Fixed : VBC_MediumVariant_Standard};
	const struct vbc_enums variant = {.n = 1, .v = layout};
	vbc_ref medium = {NULL}, progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path, VBC_AccessMode_ReadWrite,
						VBC_DeviceType_HardDisk, &medium);

	if (!code)
		code = vbc_IMedium_createBaseStorage(op, medium, (int64_t)size_bytes, variant,
						     &progress);
	if (!code)
		code = medium_await(op, progress, what, from, to);
	if (!code)
		*ret_medium = medium;
	return code;
}

int vbc_medium_fill(struct vbc_op *op, vbc_ref source, vbc_ref medium, const char *what,
		    unsigned from, unsigned to)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_cloneToBase(op, source, medium, (struct vbc_enums){0}, &progress);

	return code ? code : medium_await(op, progress, what, from, to);
}
