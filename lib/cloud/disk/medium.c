/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/medium.h"

#include <strings.h>

#include "base/str.h"
#include "host/tree.h"
#include "vbox/aside.h"

int vbc_medium_open(struct vbc_op *op, const char *location, enum vbc_AccessMode mode,
		    vbc_ref *ret_medium)
{
	bool wrote = op->wrote;
	int code = vbc_IVirtualBox_openMedium(op, op->vbox, location, VBC_DeviceType_HardDisk, mode,
					      false, ret_medium);

	if (vbc_is_uuid(location)) /* looked for among those that are known */
		op->wrote = wrote;
	return code;
}

/* Where nothing is to be changed nothing is opened, either: among those that are known. */
static int medium_find_listed(struct vbc_op *op, const char *id, vbc_ref *ret_medium)
{
	struct vbc_batch_call *calls;
	struct vbc_refs disks = {0};
	const char **ids;
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &disks);

	calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, disks.n);
	ids = VBC_ARENA_ARRAY(&op->arena, const char *, disks.n);
	if (!code && (!calls || !ids))
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < disks.n; i++)
		calls[i] = (struct vbc_batch_call){
			.method = VBC_M_IMedium_getId, .self = disks.v[i], .out = &ids[i]};
	if (!code)
		code = vbc_batch(op, calls, disks.n);
	*ret_medium = (vbc_ref){NULL};
	for (size_t i = 0; !code && i < disks.n; i++)
		if (!calls[i].code && strcasecmp(ids[i], id) == 0)
			*ret_medium = disks.v[i];
	return code;
}

int vbc_medium_find(struct vbc_op *op, const char *id, vbc_ref *ret_medium)
{
	if (op->host->dry_run)
		return medium_find_listed(op, id, ret_medium);

	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_medium_open(op, id, VBC_AccessMode_ReadOnly, ret_medium);

	if (code)
		*ret_medium = (vbc_ref){NULL};
	/* An id that it does not know VirtualBox takes for a path, which this cannot be. */
	return vbc_aside_forgive(&aside, code, VBC_CODE(VBC_E_FAULT) | VBC_CODE(VBC_E_NOTFOUND));
}

int vbc_medium_locations(struct vbc_op *op, const struct vbc_refs *media, const char ***ret)
{
	const char **locations = VBC_ARENA_ARRAY(&op->arena, const char *, media->n);
	struct vbc_batch_call *calls;
	int code = vbc_batch_each(op, VBC_M_IMedium_getLocation, media->v, media->n, locations,
				  sizeof(*locations), &calls);

	for (size_t i = 0; !code && i < media->n; i++)
		if (calls[i].code)
			locations[i] = NULL;
	*ret = locations;
	return code;
}

int vbc_medium_find_at(struct vbc_op *op, const struct vbc_refs *disks, const char *path,
		       vbc_ref *ret)
{
	const char **locations = NULL;
	int code = vbc_medium_locations(op, disks, &locations);

	*ret = (vbc_ref){NULL};
	for (size_t i = 0; !code && i < disks->n; i++)
		if (locations[i] && streq(locations[i], path))
			*ret = disks->v[i];
	return code;
}

int vbc_medium_known(struct vbc_op *op, const char *path, vbc_ref *ret_medium)
{
	struct vbc_refs disks = {0};
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &disks);

	return code ? code : vbc_medium_find_at(op, &disks, path, ret_medium);
}

/* Several lists, one behind the other, as one. */
static int refs_join(struct vbc_op *op, const struct vbc_refs *lists, size_t count,
		     struct vbc_refs *ret)
{
	vbc_ref *v;
	size_t n = 0, at = 0;
	int code;

	for (size_t i = 0; i < count; i++)
		n += lists[i].n;
	code = vbc_tree_check(op, n, 0);
	if (code)
		return code;
	v = VBC_ARENA_ARRAY(&op->arena, vbc_ref, n);
	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < lists[i].n; j++)
			v[at++] = lists[i].v[j];
	*ret = (struct vbc_refs){.n = n, .v = v};
	return VBC_OK;
}

/* What is linked to any of these. */
static int media_children(struct vbc_op *op, const struct vbc_refs *disks, struct vbc_refs *ret)
{
	struct vbc_refs *lists = VBC_ARENA_ARRAY(&op->arena, struct vbc_refs, disks->n);
	int code = vbc_batch_each(op, VBC_M_IMedium_getChildren, disks->v, disks->n, lists,
				  sizeof(*lists), NULL);

	return code ? code : refs_join(op, lists, disks->n, ret);
}

int vbc_medium_all(struct vbc_op *op, struct vbc_refs *ret_disks)
{
	struct vbc_refs level = {0}, all = {0};
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &level);

	for (unsigned depth = 0; !code && level.n; depth++) {
		const struct vbc_refs both[] = {level, all};

		code = vbc_tree_check(op, 0, depth);
		if (!code)
			code = refs_join(op, both, VBC_COUNT(both), &all);
		if (!code)
			code = media_children(op, &level, &level);
	}
	if (!code)
		*ret_disks = all;
	return code;
}
