/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disk that a node starts from.
 */
#include "node-private.h"
#include "str.h"

static bool is_hard_disk(const struct vbc_IMediumAttachment *at)
{
	return at->type == VBC_DeviceType_HardDisk && !vbc_ref_is_null(at->medium);
}

/* By port and device, on one controller. */
static bool is_before(const struct vbc_IMediumAttachment *a, const struct vbc_IMediumAttachment *b)
{
	return a->port < b->port || (a->port == b->port && a->device < b->device);
}

/* The first hard disk of a controller (NULL: of any), and whether others have some, too. */
static const struct vbc_IMediumAttachment *first_of(const struct vbc_IMediumAttachment_array *all,
						    const char *controller, bool *ret_others)
{
	const struct vbc_IMediumAttachment *first = NULL;

	*ret_others = false;
	for (size_t i = 0; i < all->n; i++) {
		const struct vbc_IMediumAttachment *at = &all->v[i];

		if (!is_hard_disk(at))
			continue;
		if (!controller)
			controller = at->controller;
		if (!streq(at->controller, controller))
			*ret_others = true;
		else if (!first || is_before(at, first))
			first = at;
	}
	return first;
}

/* The firmware looks for disks on IDE before other controllers, and on USB last. */
static unsigned rank(enum vbc_StorageBus bus)
{
	return bus == VBC_StorageBus_IDE ? 0 : bus == VBC_StorageBus_USB ? 2 : 1;
}

/* The controller whose disks come first, of those that have disks. */
static int first_controller(struct vbc_op *op, vbc_ref machine,
			    const struct vbc_IMediumAttachment_array *all, const char **ret_name)
{
	struct vbc_refs controllers = {0};
	unsigned best = UINT32_MAX;
	int code = vbc_IMachine_getStorageControllers(op, machine, &controllers);

	for (size_t i = 0; !code && i < controllers.n; i++) {
		enum vbc_StorageBus bus = VBC_StorageBus_Null;
		const char *name = "";
		bool others;

		code = vbc_IStorageController_getName(op, controllers.v[i], &name);
		if (code || !first_of(all, name, &others))
			continue;
		code = vbc_IStorageController_getBus(op, controllers.v[i], &bus);
		if (!code && rank(bus) < best) {
			best = rank(bus);
			*ret_name = name;
		}
	}
	return code;
}

int vbc_node_first_disk(struct vbc_op *op, vbc_ref machine,
			const struct vbc_IMediumAttachment_array *all, vbc_ref *ret_disk)
{
	const struct vbc_IMediumAttachment *first;
	const char *controller = NULL;
	bool others = false;
	int code = VBC_OK;

	first = first_of(all, NULL, &others);
	if (others) {
		code = first_controller(op, machine, all, &controller);
		first = first_of(all, controller, &others);
	}
	if (!code)
		*ret_disk = first ? first->medium : (vbc_ref){NULL};
	return code;
}

int vbc_node_disk(struct vbc_op *op, vbc_ref machine, vbc_ref *ret_disk)
{
	struct vbc_IMediumAttachment_array all = {0};
	vbc_ref disk = {NULL};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);

	if (!code)
		code = vbc_node_first_disk(op, machine, &all, &disk);
	if (!code && vbc_ref_is_null(disk)) /* in the words of the original driver */
		code = vbc_fail(&op->error, VBC_E_STATE, "Node has no attached disk.");
	if (!code)
		*ret_disk = disk;
	return code;
}
