/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disk that a node starts from.
 */
#include "machine/boot-disk.h"

#include "base/path.h"
#include "base/str.h"
#include "host/folders.h"
#include "vbox/aside.h"

static bool boot_is_hard_disk(const struct vbc_IMediumAttachment *at)
{
	return at->type == VBC_DeviceType_HardDisk && !vbc_ref_is_null(at->medium);
}

/* By port and device, on one controller. */
static bool boot_is_before(const struct vbc_IMediumAttachment *a,
			   const struct vbc_IMediumAttachment *b)
{
	return a->port < b->port || (a->port == b->port && a->device < b->device);
}

/* The first of these disks on a controller (NULL: on any), and whether others have some, too. */
static const struct vbc_IMediumAttachment *boot_first_of(
	const struct vbc_IMediumAttachment_array *all, const char *controller, bool *ret_others)
{
	const struct vbc_IMediumAttachment *first = NULL;

	*ret_others = false;
	for (size_t i = 0; i < all->n; i++) {
		const struct vbc_IMediumAttachment *at = &all->v[i];

		if (!controller)
			controller = at->controller;
		if (!streq(at->controller, controller))
			*ret_others = true;
		else if (!first || boot_is_before(at, first))
			first = at;
	}
	return first;
}

/* The firmware looks for disks on IDE before other controllers, and on USB last. */
unsigned vbc_node_bus_rank(enum vbc_StorageBus bus)
{
	return bus == VBC_StorageBus_IDE ? 0 : bus == VBC_StorageBus_USB ? 2 : 1;
}

/* The controller whose disks come first, of those that have disks. */
static int boot_first_controller(struct vbc_op *op, vbc_ref machine,
				 const struct vbc_IMediumAttachment_array *all,
				 const char **ret_name)
{
	struct vbc_refs controllers = {0};
	unsigned best = UINT32_MAX;
	int code = vbc_IMachine_getStorageControllers(op, machine, &controllers);

	for (size_t i = 0; !code && i < controllers.n; i++) {
		enum vbc_StorageBus bus = VBC_StorageBus_Null;
		const char *name = "";
		bool others;

		code = vbc_IStorageController_getName(op, controllers.v[i], &name);
		if (code || !boot_first_of(all, name, &others))
			continue;
		code = vbc_IStorageController_getBus(op, controllers.v[i], &bus);
		if (!code && vbc_node_bus_rank(bus) < best) {
			best = vbc_node_bus_rank(bus);
			*ret_name = name;
		}
	}
	return code;
}

/* The first of these disks in the order in which the firmware looks for them. */
static int boot_choose_among(struct vbc_op *op, struct vbc_node_disks *d,
			     const struct vbc_IMediumAttachment_array *disks)
{
	const struct vbc_IMediumAttachment *first;
	const char *controller = NULL;
	bool others = false;
	int code = VBC_OK;

	first = boot_first_of(disks, NULL, &others);
	if (others) {
		code = boot_first_controller(op, d->machine, disks, &controller);
		first = boot_first_of(disks, controller, &others);
	}
	if (!code)
		d->first = first;
	return code;
}

/* A hard disk of a machine, and where the file lies that it is or was based on. */
struct hard_disk {
	struct vbc_node_disks *of;
	const struct vbc_IMediumAttachment *at;
	vbc_ref base;
	const char *path; /* not asked for where the machine has no other disk */
};

struct hard_disks {
	struct hard_disk *v;
	size_t n;
};

static size_t boot_count_disks(const struct vbc_IMediumAttachment_array *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += boot_is_hard_disk(&all->v[i]);
	return n;
}

/* The disks of all these machines, by machine. */
static int boot_list_disks(struct vbc_op *op, struct vbc_node_disks *v, size_t n,
			   struct hard_disks *ret)
{
	size_t room = 0;

	for (size_t i = 0; i < n; i++)
		room += v[i].all.n;
	ret->v = VBC_ARENA_ARRAY(&op->arena, struct hard_disk, room);
	if (!ret->v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		v[i].n_disks = boot_count_disks(&v[i].all);
		for (size_t k = 0; k < v[i].all.n; k++)
			if (boot_is_hard_disk(&v[i].all.v[k]))
				ret->v[ret->n++] = (struct hard_disk){
					.of = &v[i], .at = &v[i].all.v[k], .path = ""};
	}
	return VBC_OK;
}

/* One question to each disk that is not its machine's only one. */
static int boot_ask_disks(struct vbc_op *op, const struct hard_disks *disks, bool locations)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, disks->n);
	struct hard_disk **asked = VBC_ARENA_ARRAY(&op->arena, struct hard_disk *, disks->n);
	size_t m = 0;
	int code;

	if (!calls || !asked)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < disks->n; i++) {
		struct hard_disk *d = &disks->v[i];

		if (d->of->n_disks < 2 || d->of->lost)
			continue;
		asked[m] = d;
		calls[m++] = locations
				     ? (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
							       .self = d->base,
							       .out = &d->path}
				     : (struct vbc_batch_call){.method = VBC_M_IMedium_getBase,
							       .self = d->at->medium,
							       .out = &d->base};
	}
	code = vbc_batch(op, calls, m);
	for (size_t i = 0; !code && i < m; i++)
		asked[i]->of->lost |= calls[i].code != VBC_OK;
	return code;
}

/* Takes those of a machine that are not volumes, or, where all are volumes, these. */
static size_t boot_sift_disks(const struct hard_disks *disks, const struct vbc_node_disks *of,
			      const char *volumes, struct vbc_IMediumAttachment *ret)
{
	size_t n = 0;

	for (int pass = 0; pass < 2 && !n; pass++)
		for (size_t i = 0; i < disks->n; i++)
			if (disks->v[i].of == of &&
			    (pass || !vbc_path_in(disks->v[i].path, volumes, true)))
				ret[n++] = *disks->v[i].at;
	return n;
}

static int boot_choose_disk(struct vbc_op *op, struct vbc_node_disks *d,
			    const struct hard_disks *disks, const char *volumes)
{
	struct vbc_IMediumAttachment *v =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_IMediumAttachment, d->n_disks);
	struct vbc_IMediumAttachment_array some = {.v = v};

	if (!v)
		return vbc_fail_nomem(&op->error);
	some.n = boot_sift_disks(disks, d, volumes, v);
	return boot_choose_among(op, d, &some);
}

/* Which disks there are, and where those lie that must be told apart. */
static int boot_inspect_disks(struct vbc_op *op, struct vbc_node_disks *v, size_t n,
			      struct hard_disks *ret, const char **ret_volumes)
{
	struct vbc_folders folders;
	bool several = false;
	int code = boot_list_disks(op, v, n, ret);

	for (size_t i = 0; i < n; i++)
		several |= v[i].n_disks > 1;
	*ret_volumes = "";
	if (code || !several)
		return code;
	code = vbc_folders_get(op, &folders);
	if (!code)
		code = boot_ask_disks(op, ret, false);
	if (!code)
		code = boot_ask_disks(op, ret, true);
	if (!code)
		*ret_volumes = folders.volumes;
	return code;
}

int vbc_node_first_disks(struct vbc_op *op, struct vbc_node_disks *v, size_t n)
{
	struct hard_disks disks = {0};
	const char *volumes = "";
	struct vbc_aside aside;
	int code = boot_inspect_disks(op, v, n, &disks, &volumes);

	if (code)
		return code;
	aside = vbc_aside_begin(op);
	for (size_t i = 0; i < n; i++)
		v[i].lost = v[i].lost || boot_choose_disk(op, &v[i], &disks, volumes);
	vbc_aside_restore(&aside);
	return VBC_OK;
}

int vbc_node_first_disk(struct vbc_op *op, struct vbc_node_disks *d)
{
	struct hard_disks disks = {0};
	const char *volumes = "";
	int code = boot_inspect_disks(op, d, 1, &disks, &volumes);

	if (!code && d->lost)
		code = vbc_fail(
			&op->error, VBC_E_BUSY,
			"another program is changing the disks of the node right now; try again");
	return code ? code : boot_choose_disk(op, d, &disks, volumes);
}

int vbc_node_disk(struct vbc_op *op, vbc_ref machine, vbc_ref *ret_disk)
{
	struct vbc_node_disks d = {.machine = machine};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &d.all);

	if (!code)
		code = vbc_node_first_disk(op, &d);
	if (!code && !d.first) /* in the words of the original driver */
		code = vbc_fail(&op->error, VBC_E_STATE, "Node has no attached disk.");
	if (!code)
		*ret_disk = d.first->medium;
	return code;
}

int vbc_node_disk_is_volume(struct vbc_op *op, vbc_ref disk, bool *ret)
{
	struct vbc_folders folders;
	const char *path = "";
	vbc_ref base = {NULL};
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_IMedium_getBase(op, disk, &base);
	if (!code)
		code = vbc_IMedium_getLocation(op, base, &path);
	if (!code)
		*ret = vbc_path_in(path, folders.volumes, true);
	return code;
}
