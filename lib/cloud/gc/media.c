/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Media that no machine has: differencing disks and seeds in the folders of nodes that are gone,
 * and uploads that nobody works on. Differencing disks of volumes stay: they hold what was written
 * to the volume.
 */
#include "gc/media.h"

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "disk/medium-remove.h"
#include "disk/seed-disc.h"
#include "gc/gone.h"
#include "gc/list.h"
#include "host/file.h"
#include "host/folders.h"
#include "host/tree.h"
#include "vbox/aside.h"

#define NONE     ((size_t)-1)
#define ATTEMPTS 50
#define PAUSE_MS 100

struct disk {
	vbc_ref medium;
	const char *location, *node; /* "": in no node's folder */
	struct vbc_refs children;
	size_t parent; /* NONE: it is a base disk */
};

/* Children come after their parents. */
struct disks {
	struct disk *v;
	size_t n, room;
};

static int gc_add_disks(struct vbc_op *op, struct disks *disks, const struct vbc_refs *media,
			size_t parent)
{
	size_t room = disks->n + media->n;

	if (vbc_tree_check(op, room, 0))
		return VBC_E_PROTOCOL;
	if (room > disks->room) {
		struct disk *v = VBC_ARENA_ARRAY(&op->arena, struct disk, 2 * room);

		if (!v)
			return vbc_fail_nomem(&op->error);
		if (disks->n)
			memcpy(v, disks->v, disks->n * sizeof(*v));
		disks->v = v;
		disks->room = 2 * room;
	}
	for (size_t i = 0; i < media->n; i++)
		disks->v[disks->n++] = (struct disk){
			.medium = media->v[i], .location = "", .node = "", .parent = parent};
	return VBC_OK;
}

/* Where those from this one on are. */
static int gc_locate_disks(struct vbc_op *op, struct disks *disks, size_t from)
{
	size_t n = disks->n - from;
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);
	struct disk *v = disks->v + from;
	struct vbc_folders folders;
	int code = calls ? vbc_folders_get(op, &folders) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
						   .self = v[i].medium,
						   .out = &v[i].location};
	if (!code)
		code = vbc_batch(op, calls, n);
	for (size_t i = 0; !code && i < n; i++)
		code = vbc_gc_node_of(op, folders.machines, v[i].location, &v[i].node);
	return code;
}

/* Images have linked nodes, and disks of nodes their snapshots. */
static bool gc_is_of_interest(const struct vbc_folders *folders, const struct disk *d)
{
	return d->parent != NONE || d->node[0] || vbc_path_in(d->location, folders->images, true) ||
	       vbc_path_in(d->location, folders->uploads, true);
}

static int gc_ask_children(struct vbc_op *op, struct disks *disks, size_t from)
{
	size_t n = 0;
	struct vbc_batch_call *calls =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, disks->n - from);
	struct vbc_folders folders;
	int code = calls ? vbc_folders_get(op, &folders) : vbc_fail_nomem(&op->error);

	for (struct disk *d = disks->v + from; !code && d < disks->v + disks->n; d++)
		if (gc_is_of_interest(&folders, d))
			calls[n++] = (struct vbc_batch_call){.method = VBC_M_IMedium_getChildren,
							     .self = d->medium,
							     .out = &d->children};
	return code ? code : vbc_batch(op, calls, n);
}

static int gc_read_disk_tree(struct vbc_op *op, struct disks *disks)
{
	struct vbc_refs bases = {0};
	unsigned depth = 0;
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &bases);

	if (!code)
		code = gc_add_disks(op, disks, &bases, NONE);
	if (!code)
		code = gc_locate_disks(op, disks, 0);
	for (size_t from = 0, to = disks->n; !code && from < to; from = to, to = disks->n) {
		code = vbc_tree_check(op, 0, depth++);
		if (!code)
			code = gc_ask_children(op, disks, from);
		for (size_t i = from; !code && i < to; i++) {
			struct vbc_refs children = disks->v[i].children;

			code = gc_add_disks(op, disks, &children, i);
		}
		if (!code)
			code = gc_locate_disks(op, disks, to);
	}
	return code;
}

/* Another client may have removed it meanwhile, or be at it. */
static int gc_forgive_gone_disk(struct vbc_op *op, vbc_ref medium, int code)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	enum vbc_MediumState state = VBC_MediumState_Deleting;
	int asked = VBC_OK;

	if (!code || code == VBC_E_CONNECT) {
		vbc_aside_restore(&aside);
		return code;
	}
	for (int i = 0; !asked && state == VBC_MediumState_Deleting && i < ATTEMPTS; i++) {
		vbc_sleep_ms(i ? PAUSE_MS : 0);
		vbc_op_forgive(op);
		asked = vbc_IMedium_getState(op, medium, &state);
	}
	if (asked == VBC_E_CONNECT || asked == VBC_E_STALE || asked == VBC_E_TIMEOUT ||
	    asked == VBC_E_CANCELLED)
		return asked;
	if (asked || state == VBC_MediumState_NotCreated)
		return vbc_op_forgive(op);
	vbc_aside_restore(&aside);
	return code;
}

static int gc_remove_medium(struct vbc_op *op, vbc_ref medium, const char *location)
{
	enum vbc_MediumState state = VBC_MediumState_NotCreated;
	int code = vbc_IMedium_refreshState(op, medium, &state);

	if (!code && state == VBC_MediumState_Inaccessible) {
		code = vbc_IMedium_close(op, medium);
		if (!code)
			code = vbc_host_file_remove(op, location);
	} else if (!code) {
		code = vbc_medium_delete(op, medium);
	}
	return gc_forgive_gone_disk(op, medium, code);
}

static bool gc_medium_is_in_use(enum vbc_MediumState state)
{
	return state != VBC_MediumState_Created && state != VBC_MediumState_Inaccessible;
}

/*
 * Takes it if no machine has it, now or in a snapshot, and nobody reads or writes it; and if it is
 * where it was: an upload whose work ended after it was looked at is an image by now.
 */
static int gc_collect_medium(struct vbc_op *op, struct vbc_gc *gc, const char *kind,
			     const char *what, vbc_ref medium, const char *location,
			     bool *ret_taken)
{
	struct vbc_strs machines = {0};
	enum vbc_MediumState state = VBC_MediumState_NotCreated;
	const char *id = "", *now = "",
		   *text = vbc_arena_printf(&op->arena, "%s: %s", what, location);
	struct vbc_batch_call calls[] = {
		{.method = VBC_M_IMedium_getId, .self = medium, .out = &id},
		{.method = VBC_M_IMedium_getMachineIds, .self = medium, .out = &machines},
		{.method = VBC_M_IMedium_getState, .self = medium, .out = &state},
		{.method = VBC_M_IMedium_getLocation, .self = medium, .out = &now},
	};
	int code = text ? vbc_batch(op, calls, VBC_COUNT(calls)) : vbc_fail_nomem(&op->error);

	*ret_taken = false;
	if (code || calls[0].code || calls[1].code || machines.n || gc_medium_is_in_use(state) ||
	    !streq(now, location))
		return code;
	*ret_taken = true;
	code = vbc_gc_add_leftover(op, gc, kind, id, text);
	return code || gc->dry_run ? code : gc_remove_medium(op, medium, location);
}

/* Those of nodes that are gone, each after all its children. */
static int gc_collect_differencing(struct vbc_op *op, struct vbc_gc *gc, struct disks *disks,
				   const struct vbc_strs *gone)
{
	bool *stays = VBC_ARENA_ARRAY(&op->arena, bool, disks->n);
	int code = stays ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = disks->n; !code && i-- > 0 && disks->v[i].parent != NONE;) {
		const struct disk *d = &disks->v[i];
		bool taken = false;

		if (!stays[i] && d->node[0] && vbc_strs_has(gone, d->node))
			code = gc_collect_medium(
				op, gc, "disk",
				"a differencing disk of a node that is gone, in no machine and "
				"no snapshot",
				d->medium, d->location, &taken);
		if (!taken)
			stays[d->parent] = true;
	}
	return code;
}

/* A file that is named after its work, as uploads are. */
static bool gc_is_upload(const struct vbc_folders *folders, const struct disk *d, char ret_id[37])
{
	const char *base = vbc_path_base(d->location);

	if (d->parent != NONE || d->children.n || strcspn(base, ".") != 36 ||
	    !vbc_path_in(d->location, folders->uploads, true))
		return false;
	memcpy(ret_id, base, 36);
	ret_id[36] = '\0';
	return vbc_is_uuid(ret_id);
}

/*
 * An upload that goes on, or can be gone on with, is in the journal. A file that VirtualBox does
 * not know may be one to another host that sees the same folder, and stays.
 */
static int gc_collect_uploads(struct vbc_op *op, struct vbc_gc *gc, const struct disks *disks)
{
	struct vbc_strs journal = {0};
	struct vbc_folders folders;
	char id[37];
	bool taken;
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_gc_journal(op, &journal);
	for (const struct disk *d = disks->v; !code && d < disks->v + disks->n; d++)
		if (gc_is_upload(&folders, d, id) && !vbc_gc_is_named(&journal, id))
			code = gc_collect_medium(op, gc, "upload", "an abandoned upload", d->medium,
						 d->location, &taken);
	return code;
}

static int gc_collect_seed_discs(struct vbc_op *op, struct vbc_gc *gc, const struct disks *discs,
				 const struct vbc_strs *gone)
{
	bool taken;
	int code = VBC_OK;

	for (const struct disk *d = discs->v; !code && d < discs->v + discs->n; d++)
		if (d->node[0] && vbc_strs_has(gone, d->node) && vbc_disc_is(d->location))
			code = gc_collect_medium(op, gc, "seed", VBC_GC_SEED, d->medium,
						 d->location, &taken);
	return code;
}

/* The nodes that differencing disks, and seeds, are of. */
static int gc_find_gone_nodes(struct vbc_op *op, const struct disks *disks,
			      const struct disks *discs, struct vbc_strs *ret_gone)
{
	const char **ids = VBC_ARENA_ARRAY(&op->arena, const char *, disks->n + discs->n);
	size_t n = 0;

	if (!ids)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < disks->n; i++)
		if (disks->v[i].parent != NONE)
			ids[n++] = disks->v[i].node;
	for (size_t i = 0; i < discs->n; i++)
		if (vbc_disc_is(discs->v[i].location))
			ids[n++] = discs->v[i].node;
	return vbc_gc_gone_nodes(op, &(struct vbc_strs){.n = n, .v = ids}, ret_gone);
}

int vbc_gc_media(struct vbc_op *op, struct vbc_gc *gc)
{
	struct disks disks = {.n = 0}, discs = {.n = 0};
	struct vbc_refs dvds = {0};
	struct vbc_strs gone = {0};
	int code = gc_read_disk_tree(op, &disks);

	if (!code)
		code = vbc_IVirtualBox_getDVDImages(op, op->vbox, &dvds);
	if (!code)
		code = gc_add_disks(op, &discs, &dvds, NONE);
	if (!code)
		code = gc_locate_disks(op, &discs, 0);
	if (!code)
		code = gc_find_gone_nodes(op, &disks, &discs, &gone);
	if (!code)
		code = gc_collect_differencing(op, gc, &disks, &gone);
	if (!code)
		code = gc_collect_seed_discs(op, gc, &discs, &gone);
	return code ? code : gc_collect_uploads(op, gc, &disks);
}
