/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Deleting an image.
 */
#include "image-private.h"
#include "medium.h"

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

static int delete_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_image image = {0};
	vbc_ref medium = {NULL};
	enum vbc_MediumState state;
	int code = vbc_image_find(op, *id_or_name, &image, &medium);

	if (!code)
		code = check_unused(op, image.name, medium);
	if (code)
		return code;
	/* VirtualBox then also forgets a disk whose file is gone. */
	code = vbc_IMedium_refreshState(op, medium, &state);
	if (!code)
		code = vbc_medium_delete(op, medium);
	if (code)
		return vbc_error_prefix(&op->error, code, "image '%s' cannot be deleted",
					image.name);
	return vbc_meta_delete(op, VBC_IMAGE_KIND, image.id);
}

int vbc_image_delete(struct vbc_host *host, const char *id_or_name, struct vbc_error *err)
{
	return vbc_op_run(host, NULL, err, delete_body, &id_or_name);
}
