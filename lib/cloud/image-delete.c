/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Deleting an image.
 */
#include "clock.h"
#include "doing.h"
#include "image-private.h"
#include "medium.h"
#include "progress.h"

#define SETTLE_MS 60000

/* A machine that has the image itself as a disk would lose it. */
static int check_unused(struct vbc_op *op, const char *name, vbc_ref medium)
{
	struct vbc_strs machines = {0};
	vbc_ref machine = {NULL};
	const char *node = "";
	int code = vbc_IMedium_getMachineIds(op, medium, &machines);

	if (code || !machines.n)
		return code;
	code = vbc_IVirtualBox_findMachine(op, op->vbox, machines.v[0], &machine);
	if (!code)
		code = vbc_IMachine_getName(op, machine, &node);
	if (code)
		return code;
	return vbc_fail(&op->error, VBC_E_BUSY, "image '%s' is a disk of node '%s' (%s)", name,
			node, machines.v[0]);
}

/* The disk, null when it is gone; one that is just being deleted is waited for. */
static int settled_disk(struct vbc_op *op, const char *path, vbc_ref *ret_medium)
{
	int64_t deadline = vbc_now_ms() + SETTLE_MS;
	enum vbc_MediumState state = VBC_MediumState_Deleting;
	int code = VBC_OK;

	while (!code && state == VBC_MediumState_Deleting && vbc_now_ms() < deadline) {
		code = vbc_medium_known(op, path, ret_medium);
		if (code || vbc_ref_is_null(*ret_medium))
			break;
		code = vbc_IMedium_getState(op, *ret_medium, &state);
		if (!code && state == VBC_MediumState_Deleting)
			vbc_sleep_ms(100);
	}
	return code;
}

int vbc_image_delete_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	vbc_ref medium = {NULL};
	int code = settled_disk(op, vbc_meta_str(entry, "target"), &medium);

	if (code)
		return code;
	/* Where VirtualBox refuses, somebody has begun to use the image, and it stays. */
	if (!vbc_ref_is_null(medium) && vbc_medium_delete(op, medium))
		return VBC_OK;
	return vbc_meta_delete(op, VBC_IMAGE_KIND, id);
}

/* True when VirtualBox said no, and so has not begun; an answer that got lost may be either. */
static bool was_refused(const struct vbc_op *op, int code)
{
	return code && op->error.result;
}

static int delete (struct vbc_op *op, const struct vbc_image *image, vbc_ref medium)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_deleteStorage(op, medium, &progress);

	if (was_refused(op, code)) {
		struct vbc_error saved = vbc_op_try(op);

		vbc_doing_end(op, image->id);
		vbc_op_try_end(op, &saved);
		return code;
	}
	if (!code)
		code = vbc_progress_wait(op, progress, "deleting", 0, 100);
	if (!code)
		code = vbc_meta_delete(op, VBC_IMAGE_KIND, image->id);
	return code ? code : vbc_doing_end(op, image->id);
}

static int delete_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct vbc_image image = {0};
	vbc_ref medium = {NULL};
	enum vbc_MediumState state;
	int code = entry ? VBC_OK : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_image_find(op, *id_or_name, &image, &medium);
	if (!code)
		code = check_unused(op, image.name, medium);
	/* VirtualBox then also forgets a disk whose file is gone. */
	if (!code)
		code = vbc_IMedium_refreshState(op, medium, &state);
	if (code)
		return code;
	vbc_meta_set_str(entry, "target", image.location);
	code = vbc_doing_begin(op, "image-delete", image.id, entry);
	if (!code)
		code = delete (op, &image, medium);
	if (code && op->keep_entry)
		vbc_doing_undo(op, image.id, entry);
	return vbc_error_prefix(&op->error, code, "image '%s' cannot be deleted", image.name);
}

int vbc_image_delete(struct vbc_host *host, const char *id_or_name, struct vbc_error *err)
{
	return vbc_op_run(host, NULL, err, delete_body, &id_or_name);
}
