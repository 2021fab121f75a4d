/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metadata of what is gone. It is kept while the thing may come back: as long as its files may be
 * there, though VirtualBox does not know them any more; a node's seed, which may hold secrets and
 * is of no use without it, goes with it.
 */
#include "gc/metadata.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "disk/kinds.h"
#include "disk/seed-disc.h"
#include "gc/borrowed.h"
#include "gc/gone.h"
#include "gc/list.h"
#include "host/folders.h"
#include "image/lent.h"
#include "machine/keys.h"
#include "machine/named.h"
#include "vbox/meta.h"

static int gc_collect_metadata(struct vbc_op *op, struct vbc_gc *gc, const char *kind,
			       const char *id, const char *of)
{
	const char *what = vbc_arena_printf(&op->arena, "%s/%s", kind, id);
	const char *text = vbc_arena_printf(&op->arena, "the record of %s that is gone", of);
	int code = what && text ? vbc_gc_add_leftover(op, gc, "metadata", what, text)
				: vbc_fail_nomem(&op->error);

	return code || gc->dry_run ? code : vbc_meta_delete(op, kind, id);
}

/* A machine of another tool may be in the folder that VirtualBox names after it. */
static int gc_node_may_come_back(struct vbc_op *op, const char *id, bool *ret)
{
	struct vbc_meta *VBC_META meta = NULL;
	struct vbc_strs names = {0};
	bool sure = false;
	const char *name;
	int code = vbc_meta_get(op, VBC_NODE_KIND, id, &meta);

	*ret = false;
	name = vbc_meta_str(meta, "vbox_name");
	if (code || !name[0] || vbc_meta_date(meta, "created_ms"))
		return code;
	code = vbc_gc_look(op, name, &sure, &names);
	*ret = !sure || names.n;
	return code;
}

static bool gc_is_reported(const struct vbc_gc *gc, const char *text)
{
	for (size_t i = 0; i < gc->list->n; i++)
		if (streq(gc->v[i]->text, text))
			return true;
	return false;
}

/* VirtualBox forgets a disc of a machine that another tool unregistered when its service ends. */
static int gc_collect_seed_files(struct vbc_op *op, struct vbc_gc *gc, const char *node_id)
{
	struct vbc_folders folders;
	struct vbc_strs names = {0};
	const char *folder;
	bool sure = false;
	int code = vbc_gc_look(op, node_id, &sure, &names);

	if (!code && names.n)
		code = vbc_folders_get(op, &folders);
	for (size_t i = 0; !code && i < names.n; i++) {
		const char *path, *text;

		if (!vbc_disc_is(names.v[i]))
			continue;
		folder = vbc_path_join(&op->arena, folders.machines, node_id);
		path = folder ? vbc_path_join(&op->arena, folder, names.v[i]) : NULL;
		text = path ? vbc_arena_printf(&op->arena, VBC_GC_SEED ": %s", path) : NULL;
		code = text ? VBC_OK : vbc_fail_nomem(&op->error);
		if (code || gc_is_reported(gc, text))
			continue;
		code = vbc_gc_add_leftover(op, gc, "seed", node_id, text);
		if (!code && !gc->dry_run)
			code = vbc_seed_wipe(op, path, NULL);
	}
	return code;
}

/* Keys of names (machine/named.h) of nodes that have no metadata: such a one is not looked for so.
 */
static int gc_collect_names(struct vbc_op *op, struct vbc_gc *gc, const struct vbc_strs *keys)
{
	struct vbc_strs ids = {0}, nodes = {0}, journal = {0};
	bool read = false;
	int code = vbc_meta_ids_of(op, keys, VBC_NAME_KIND, &ids);

	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_NODE_KIND, &nodes);
	for (size_t i = 0; !code && i < ids.n; i++) {
		const char *slash = strrchr(ids.v[i], '/'), *id = slash ? slash + 1 : ids.v[i];

		if (vbc_strs_has(&nodes, id))
			continue;
		if (!read)
			code = vbc_gc_journal(op, &journal);
		read = true;
		if (!code && !vbc_gc_is_named(&journal, id))
			code = gc_collect_metadata(op, gc, VBC_NAME_KIND, ids.v[i], "a name");
	}
	return code;
}

static int gc_collect_nodes(struct vbc_op *op, struct vbc_gc *gc, const struct vbc_strs *keys,
			    const char *kind)
{
	struct vbc_strs ids = {0}, gone = {0};
	bool stays = false;
	int code = vbc_meta_ids_of(op, keys, kind, &ids);

	if (!code && ids.n)
		code = vbc_gc_gone_nodes(op, &ids, &gone);
	for (size_t i = 0; !code && i < gone.n; i++) {
		code = gc_node_may_come_back(op, gone.v[i], &stays);
		if (!code && !stays)
			code = gc_collect_seed_files(op, gc, gone.v[i]);
		if (!code && !stays)
			code = gc_collect_metadata(op, gc, kind, gone.v[i], "a node");
		if (!code && !stays && !gc->dry_run)
			code = vbc_named_drop(op, keys, gone.v[i], NULL);
	}
	return code;
}

/* The disks that VirtualBox knows; one that goes meanwhile may have no id any more. */
struct known {
	const char **ids, **locations;
	size_t n;
	bool complete;
};

static int gc_find_known(struct vbc_op *op, struct known *known)
{
	struct vbc_batch_call *calls;
	struct vbc_refs disks = {0};
	size_t n = 0;
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &disks);

	if (code)
		return code;
	calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, 2 * disks.n);
	known->ids = VBC_ARENA_ARRAY(&op->arena, const char *, disks.n);
	known->locations = VBC_ARENA_ARRAY(&op->arena, const char *, disks.n);
	if (!calls || !known->ids || !known->locations)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < disks.n; i++) {
		known->ids[i] = known->locations[i] = "";
		calls[n++] = (struct vbc_batch_call){
			.method = VBC_M_IMedium_getId, .self = disks.v[i], .out = &known->ids[i]};
		calls[n++] = (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
						     .self = disks.v[i],
						     .out = &known->locations[i]};
	}
	code = vbc_batch(op, calls, n);
	known->n = disks.n;
	known->complete = true;
	for (size_t i = 0; i < n; i++)
		known->complete = known->complete && !calls[i].code;
	return code;
}

/*
 * Whether all files of a folder are disks that VirtualBox knows. The metadata may be that of
 * another: its id is inside the file.
 */
static int gc_is_all_known(struct vbc_op *op, const char *folder, const struct known *known,
			   bool *ret)
{
	const struct vbc_strs locations = {.n = known->n, .v = known->locations};
	struct vbc_strs names = {0};
	int code = vbc_gc_look(op, vbc_path_base(folder), ret, &names);

	for (size_t i = 0; !code && *ret && i < names.n; i++) {
		const char *path = vbc_path_join(&op->arena, folder, names.v[i]);

		if (!path)
			return vbc_fail_nomem(&op->error);
		*ret = vbc_strs_has(&locations, path);
	}
	return code;
}

/* A kind of disks, and the folder they are in. */
struct kind {
	const char *kind, *of, *folder;
};

static int gc_collect_gone(struct vbc_op *op, struct vbc_gc *gc, const struct kind *kind,
			   const struct vbc_strs *gone, const struct known *known)
{
	struct vbc_strs journal = {0};
	bool sure = false;
	int code = gc_is_all_known(op, kind->folder, known, &sure);

	if (!code && sure)
		code = vbc_gc_journal(op, &journal);
	for (size_t i = 0; !code && sure && i < gone->n; i++)
		if (!vbc_gc_is_named(&journal, gone->v[i]))
			code = gc_collect_metadata(op, gc, kind->kind, gone->v[i], kind->of);
	return code;
}

static int gc_collect_disks(struct vbc_op *op, struct vbc_gc *gc, const struct kind *kind,
			    const struct vbc_strs *keys, const struct known *known)
{
	const struct vbc_strs there = {.n = known->n, .v = known->ids};
	struct vbc_strs ids = {0};
	const char **gone;
	size_t n = 0;
	int code = vbc_meta_ids_of(op, keys, kind->kind, &ids);

	if (code)
		return code;
	gone = VBC_ARENA_ARRAY(&op->arena, const char *, ids.n);
	if (!gone)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < ids.n; i++)
		if (vbc_is_uuid(ids.v[i]) && !vbc_strs_has(&there, ids.v[i]))
			gone[n++] = ids.v[i];
	return n ? gc_collect_gone(op, gc, kind, &(struct vbc_strs){.n = n, .v = gone}, known)
		 : VBC_OK;
}

/* Of images that were needed by nodes of other hosts. */
static int gc_collect_lent(struct vbc_op *op, struct vbc_gc *gc, const struct vbc_strs *keys)
{
	struct vbc_strs ids = {0};
	bool holds = true;
	int code = vbc_meta_ids_of(op, keys, VBC_LENT_KIND, &ids);

	for (size_t i = 0; !code && i < ids.n; i++) {
		code = vbc_lent_holds(op, VBC_LENT_KIND, ids.v[i], &holds);
		if (!code && !holds)
			code = gc_collect_metadata(op, gc, VBC_LENT_KIND, ids.v[i],
						   "a node of another host");
	}
	return code;
}

int vbc_gc_metadata(struct vbc_op *op, struct vbc_gc *gc)
{
	struct vbc_folders folders = {0};
	struct known known = {.n = 0};
	struct vbc_strs keys = {0};
	int code = vbc_folders_get(op, &folders);
	const struct kind kinds[] = {
		{VBC_IMAGE_KIND, "an image", folders.images},
		{VBC_VOLUME_KIND, "a volume", folders.volumes},
		{VBC_SNAPSHOT_KIND, "a snapshot", folders.snapshots},
	};

	if (!code)
		code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);
	if (!code)
		code = gc_collect_nodes(op, gc, &keys, VBC_NODE_KIND);
	if (!code)
		code = gc_collect_nodes(op, gc, &keys, VBC_SEED_KIND);
	if (!code)
		code = gc_collect_names(op, gc, &keys);
	if (!code)
		code = gc_collect_lent(op, gc, &keys);
	if (!code)
		code = vbc_gc_borrowed(op, gc, &keys);
	if (!code)
		code = gc_find_known(op, &known);
	for (size_t i = 0; !code && known.complete && i < VBC_COUNT(kinds); i++)
		code = gc_collect_disks(op, gc, &kinds[i], &keys, &known);
	return code;
}
