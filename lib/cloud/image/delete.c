/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Deleting an image.
 */
#include "image/delete.h"

#include <vboxcloud/image.h>

#include "base/given.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/recorded.h"
#include "image/lent.h"
#include "image/query.h"
#include "journal/run.h"
#include "machine/read-again.h"

static int image_fail_used(struct vbc_op *op, const char *name, const char *how,
			   const char *machine_id)
{
	vbc_ref machine = {NULL};
	const char *node = "";
	int code = vbc_IVirtualBox_findMachine(op, op->vbox, machine_id, &machine);

	if (!code)
		code = vbc_IMachine_getName(op, machine, &node);
	return code ? code
		    : vbc_fail(&op->error, VBC_E_BUSY,
			       "image '%s' is %s of node '%s' (%s); destroy that first", name, how,
			       node, machine_id);
}

/* Nor without it on another host. */
static int image_check_elsewhere(struct vbc_op *op, const char *name, const char *id)
{
	const char *node = "";
	int code = vbc_lent_find(op, id, &node);

	return code || !node[0]
		       ? code
		       : vbc_fail(&op->error, VBC_E_BUSY,
				  "image '%s' is needed by the linked disk of node %s, which was "
				  "teleported to another host; destroy that node first",
				  name, node);
}

/* Nor one of another host, whose nodes need it. */
static int image_check_own(struct vbc_op *op, const char *name, const char *id)
{
	const char *node = "";
	int code = vbc_borrowed_find(op, id, &node);

	return code || !node[0]
		       ? code
		       : vbc_fail_hint(
				 &op->error, VBC_E_BUSY, VBC_HINT_GC_IMAGE,
				 "image '%s' belongs to another host, from which node %s, whose "
				 "disk is linked to it, was teleported here; delete it there",
				 name, node);
}

/*
 * A machine that has the image itself as a disk would lose it; and what is linked to it is worth
 * nothing without it.
 */
static int image_check_unused(struct vbc_op *op, const char *name, const char *id, vbc_ref medium)
{
	struct vbc_strs machines = {0};
	struct vbc_refs children = {0};
	int code = vbc_IMedium_getMachineIds(op, medium, &machines);

	if (!code && machines.n)
		return image_fail_used(op, name, "a disk", machines.v[0]);
	if (!code)
		code = vbc_IMedium_getChildren(op, medium, &children);
	if (!code && children.n)
		code = vbc_IMedium_getMachineIds(op, children.v[0], &machines);
	if (code)
		return code;
	if (!children.n)
		code = vbc_machine_check_free(op, "image", name);
	if (code || !children.n)
		return code ? code : image_check_elsewhere(op, name, id);
	if (machines.n)
		return image_fail_used(op, name, "needed by the linked disk", machines.v[0]);
	return vbc_fail(&op->error, VBC_E_BUSY,
			"image '%s' is needed by a disk that is linked to it", name);
}

int vbc_image_delete_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	(void)id;
	return vbc_disk_undo(op, VBC_IMAGE_KIND, entry);
}

static int image_delete_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_image image = {0};
	struct vbc_disk disk = {0};
	int code = vbc_image_find_surely(op, *id_or_name, &image, &disk.medium);

	op->progress.what = "deleting the image";
	if (!code)
		code = image_check_own(op, image.name, image.id);
	if (!code)
		code = image_check_unused(op, image.name, image.id, disk.medium);
	if (code)
		return code;
	disk.id = image.id;
	disk.location = image.location;
	code = vbc_disk_delete(op, "image-delete", VBC_IMAGE_KIND, &disk);
	return vbc_error_prefix(&op->error, code, "image '%s' cannot be deleted", image.name);
}

int vbc_image_delete(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		     struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_recovered(host, wait, err, image_delete_body, &id_or_name);
}
