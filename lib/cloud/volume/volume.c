/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Listing and finding volumes.
 */
#include "volume/volume.h"

#include <vboxcloud/volume.h>

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/kinds.h"
#include "journal/run.h"
#include "machine/name.h"
#include "machine/read-again.h"
#include "machine/registered.h"
#include "vbox/meta.h"

#define SIZE_END 2048u /* GiB */

int vbc_volume_check_size(unsigned size_gib, struct vbc_error *err)
{
	return size_gib >= 1 && size_gib < SIZE_END
		       ? VBC_OK
		       : vbc_fail(err, VBC_E_ARG, "a volume has 1 to %u GiB, not %u", SIZE_END - 1,
				  size_gib);
}

static const struct vbc_disk_noun volume_noun = {VBC_VOLUME_KIND, "volume", VBC_HINT_LIST_VOLUMES,
						 NULL};

int vbc_volume_find(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk)
{
	return vbc_disk_find(op, &volume_noun, id_or_name, VBC_VOLUME_ALL, ret_disk);
}

int vbc_volume_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk)
{
	return vbc_disk_find(op, &volume_noun, id_or_name, VBC_VOLUME_ALL | VBC_DISK_SURELY,
			     ret_disk);
}

static bool volume_is_disk(const struct vbc_IMediumAttachment *at)
{
	return at->type == VBC_DeviceType_HardDisk && !vbc_ref_is_null(at->medium);
}

/* The attachment of a medium; n when there is none. */
static size_t attachment_find_direct(const struct vbc_IMediumAttachment_array *all, vbc_ref medium)
{
	size_t i = 0;

	while (i < all->n && !(volume_is_disk(&all->v[i]) && streq(all->v[i].medium.s, medium.s)))
		i++;
	return i;
}

/* The same for one that is attached through a differencing disk of a snapshot. */
static int attachment_find_indirect(struct vbc_op *op,
				    const struct vbc_IMediumAttachment_array *all, vbc_ref medium,
				    size_t *ret_i)
{
	int code = VBC_OK;
	size_t i = 0;

	for (; !code && i < all->n; i++) {
		vbc_ref base = {NULL};

		if (!volume_is_disk(&all->v[i]))
			continue;
		code = vbc_IMedium_getBase(op, all->v[i].medium, &base);
		if (!code && !vbc_ref_is_null(base) && streq(base.s, medium.s))
			break;
	}
	*ret_i = i;
	return code;
}

int vbc_volume_use(struct vbc_op *op, const struct vbc_disk *disk, struct vbc_volume_use *ret)
{
	struct vbc_IMediumAttachment_array all = {0};
	struct vbc_volume_use use = {.machine_id = "", .slot = {.controller = ""}};
	size_t i;
	int code;

	code = disk->machines.n ? vbc_node_registered(op, disk->machines.v[0], &use.machine)
				: VBC_OK;
	if (code || vbc_ref_is_null(use.machine)) { /* it may have been destroyed meanwhile */
		*ret = use;
		return code;
	}
	use.machine_id = disk->machines.v[0];
	code = vbc_IMachine_getMediumAttachments(op, use.machine, &all);
	i = attachment_find_direct(&all, disk->medium);
	if (!code && i == all.n)
		code = attachment_find_indirect(op, &all, disk->medium, &i);
	if (code)
		return code;
	if (i < all.n) {
		use.slot = vbc_storage_slot_of(&all.v[i]);
		use.medium = all.v[i].medium;
	}
	*ret = use;
	return VBC_OK;
}

int vbc_volume_use_found(struct vbc_op *op, const struct vbc_disk *disk, struct vbc_volume_use *ret)
{
	int code = vbc_volume_use(op, disk, ret);

	if (!code && ret->machine_id[0])
		vbc_op_about(op,
			     &(struct vbc_subject){"node", ret->machine_id, ret->machine_id,
						   vbc_node_registered, vbc_node_check_readable});
	return code;
}

bool vbc_volume_in_snapshot(const struct vbc_disk *disk, const struct vbc_volume_use *use)
{
	return use->machine_id[0] &&
	       (!use->slot.controller[0] || !streq(use->medium.s, disk->medium.s));
}

int vbc_volume_fail_attached(struct vbc_op *op, int code, const struct vbc_disk *disk,
			     const struct vbc_volume_use *use, const char *advice)
{
	const char *name = vbc_disk_name(op, disk), *node = "";
	int failed = name ? vbc_node_name(op, use->machine, use->machine_id, &node)
			  : vbc_fail_nomem(&op->error);

	return failed ? failed
		      : vbc_fail(&op->error, code, "volume '%s' is attached to node '%s' (%s)%s",
				 name, node, use->machine_id, advice);
}

int vbc_volume_fail_in_snapshot(struct vbc_op *op, const struct vbc_disk *disk,
				const struct vbc_volume_use *use)
{
	return vbc_volume_fail_attached(op, VBC_E_STATE, disk, use,
					", a snapshot of which holds it: delete the node's "
					"snapshots first");
}

static int volume_fill_from_disk(struct vbc_op *op, const struct vbc_disk *disk,
				 struct vbc_arena *a, struct vbc_volume *v)
{
	struct vbc_meta *VBC_META meta = disk->json[0] ? vbc_meta_parse(disk->json) : NULL;
	const char *name = vbc_disk_name(op, disk);
	struct vbc_volume_use use;
	int code = vbc_volume_use(op, disk, &use);

	if (code)
		return code;
	v->id = vbc_arena_strdup(a, disk->id);
	v->name = name ? vbc_arena_strdup(a, name) : NULL;
	v->location = vbc_arena_strdup(a, disk->location);
	v->size_bytes = disk->facts.size_bytes;
	v->used_bytes = disk->facts.used_bytes;
	v->size_gib = (unsigned)((v->size_bytes + VBC_GIB - 1) / VBC_GIB);
	v->dynamic = v->size_bytes && !disk->facts.fixed;
	v->created_at_ms = vbc_meta_date(meta, "created_ms");
	v->snapshot = vbc_arena_strdup(a, vbc_meta_uuid(meta, "snapshot"));
	v->node = vbc_arena_strdup(a, use.machine_id);
	v->device = use.slot.controller[0] ? vbc_arena_printf(a, "%s %d:%d", use.slot.controller,
							      use.slot.port, use.slot.device)
					   : "";
	return v->id && v->name && v->location && v->snapshot && v->node && v->device
		       ? VBC_OK
		       : vbc_fail_nomem(&op->error);
}

static int volume_make_result(struct vbc_op *op, const struct vbc_disk *disk,
			      struct vbc_volume **ret)
{
	struct vbc_volume *v = vbc_result_new(&op->results, sizeof(*v));
	int code = v ? volume_fill_from_disk(op, disk, vbc_result_arena(v), v)
		     : vbc_fail_nomem(&op->error);

	if (!code)
		*ret = v;
	return code;
}

int vbc_volume_result(struct vbc_op *op, vbc_ref medium, struct vbc_volume **ret)
{
	struct vbc_disk *disks = NULL;
	size_t n = 0;
	int code = vbc_disk_query(op, VBC_VOLUME_KIND, medium, VBC_VOLUME_ALL, &disks, &n);

	if (!code && !n)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"the new volume was deleted by another program");
	return code ? code : volume_make_result(op, &disks[0], ret);
}

static int volume_compare_name(const void *x, const void *y)
{
	const struct vbc_volume *a = *(const struct vbc_volume *const *)x;
	const struct vbc_volume *b = *(const struct vbc_volume *const *)y;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->id, b->id);
}

static int volume_make_list(struct vbc_op *op, const struct vbc_disk *disks, size_t n,
			    struct vbc_volumes *list)
{
	struct vbc_arena *a = vbc_result_arena(list);
	const struct vbc_volume **v = VBC_ARENA_ARRAY(a, const struct vbc_volume *, n);
	int code = v ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++) {
		struct vbc_volume *one = VBC_ARENA_NEW(a, struct vbc_volume);

		code = one ? volume_fill_from_disk(op, &disks[i], a, one)
			   : vbc_fail_nomem(&op->error);
		v[i] = one;
	}
	if (code)
		return code;
	qsort(v, n, sizeof(const struct vbc_volume *), volume_compare_name);
	list->n = n;
	list->v = v;
	return VBC_OK;
}

static int volume_list_body(struct vbc_op *op, void *arg)
{
	struct vbc_volumes **ret = arg;
	struct vbc_disk *disks = NULL;
	size_t n = 0;
	int code = vbc_disk_query(op, VBC_VOLUME_KIND, (vbc_ref){NULL}, VBC_VOLUME_ALL, &disks, &n);

	if (code)
		return code;
	*ret = vbc_result_new(&op->results, sizeof(**ret));
	return *ret ? volume_make_list(op, disks, n, *ret) : vbc_fail_nomem(&op->error);
}

int vbc_volume_list(struct vbc_host *host, struct vbc_volumes **ret_volumes, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_volumes))
		return VBC_E_ARG;

	struct vbc_volumes *volumes = NULL;
	int code = vbc_run_recovered(host, &vbc_op_brief, err, volume_list_body, &volumes);

	if (!code)
		*ret_volumes = volumes;
	return code;
}

void vbc_volumes_free(struct vbc_volumes *volumes)
{
	vbc_result_free(volumes);
}

struct get {
	const char *id_or_name;
	struct vbc_volume *volume;
};

static int volume_get_body(struct vbc_op *op, void *arg)
{
	struct get *g = arg;
	struct vbc_disk disk;
	int code = vbc_volume_find(op, g->id_or_name, &disk);

	return code ? code : volume_make_result(op, &disk, &g->volume);
}

int vbc_volume_get(struct vbc_host *host, const char *id_or_name, struct vbc_volume **ret_volume,
		   struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_volume))
		return VBC_E_ARG;

	struct get g = {.id_or_name = id_or_name};
	int code = vbc_run_recovered(host, &vbc_op_brief, err, volume_get_body, &g);

	if (!code)
		*ret_volume = g.volume;
	return code;
}

void vbc_volume_free(struct vbc_volume *volume)
{
	vbc_result_free(volume);
}
