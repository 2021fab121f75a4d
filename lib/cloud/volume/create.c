/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Creating a volume: the journal, the disk, what it starts with, the metadata. Whatever fails, the
 * journal's undo removes it all.
 */
#include "volume/create.h"

#include <vboxcloud/volume.h>

#include "base/given.h"
#include "base/name.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "disk/recorded.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/boot-disk.h"
#include "machine/find.h"
#include "machine/state-now.h"
#include "vbox/host-clock.h"
#include "vbox/meta.h"
#include "volume/name.h"
#include "volume/snapshot.h"
#include "volume/volume.h"

/* How much of the whole the making of the file takes, in percent. */
enum { AT_START = 0, AT_COPY = 20, AT_END = 100 };

/* The disk that it starts with. */
struct origin {
	vbc_ref medium; /* null: it is empty */
	const char *path;
	uint64_t size_bytes;
	const char *snapshot_id; /* "" when it is not a snapshot */
};

struct create {
	const char *name;
	struct vbc_volume_create_opts opts;
	struct vbc_volume *volume; /* the result */
	/* of one run */
	char id[37];      /* of the journal's entry and the file */
	const char *path; /* of the file */
	uint64_t size_bytes;
	struct origin from;
};

static int volume_inspect_snapshot(struct vbc_op *op, const char *snapshot, struct origin *ret)
{
	struct vbc_disk disk;
	int code = vbc_snapshot_find(op, snapshot, &disk);

	if (!code && !disk.facts.size_bytes)
		code = vbc_medium_fail_unknown(op, disk.medium, "snapshot", snapshot);
	if (!code)
		*ret = (struct origin){disk.medium, disk.location, disk.facts.size_bytes, disk.id};
	return code;
}

static int volume_inspect_node(struct vbc_op *op, const char *node, struct origin *ret)
{
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	struct vbc_node_ref found;
	int code = vbc_node_find(op, node, &found);

	if (!code)
		code = vbc_machine_state(op, found.machine, &state);
	if (!code && state != VBC_NODE_STATE_STOPPED)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"node '%s' is %s; its disk can be copied only when it is stopped",
				found.name, vbc_node_state_name(state));
	if (!code)
		code = vbc_node_disk(op, found.machine, &ret->medium);
	if (!code)
		code = vbc_IMedium_getLocation(op, ret->medium, &ret->path);
	return code ? code : vbc_medium_size(op, ret->medium, "node", found.name, &ret->size_bytes);
}

static int volume_inspect_origin(struct vbc_op *op, struct create *c)
{
	c->from = (struct origin){.path = "", .snapshot_id = ""};
	if (c->opts.snapshot)
		return volume_inspect_snapshot(op, c->opts.snapshot, &c->from);
	return c->opts.node ? volume_inspect_node(op, c->opts.node, &c->from) : VBC_OK;
}

/* As large as what it starts with, in whole GiB, or what was asked for. */
static int volume_choose_size(struct vbc_op *op, struct create *c)
{
	unsigned least_gib = (unsigned)((c->from.size_bytes + VBC_GIB - 1) / VBC_GIB);
	unsigned size_gib = c->opts.size_gib ? c->opts.size_gib : least_gib;

	if (size_gib < least_gib)
		return vbc_fail(&op->error, VBC_E_ARG,
				"a volume from %s '%s' needs at least %u GiB",
				c->opts.snapshot ? "snapshot" : "node",
				c->opts.snapshot ? c->opts.snapshot : c->opts.node, least_gib);
	c->size_bytes = size_gib * VBC_GIB;
	return VBC_OK;
}

static int volume_record_disk(struct vbc_op *op, const struct create *c, vbc_ref medium)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const char *id = "";
	int64_t now_ms = 0;
	int code = vbc_host_clock(op, &now_ms);

	if (code)
		return code;
	if (!meta)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, "name", c->name);
	vbc_meta_set_str(meta, "snapshot", c->from.snapshot_id);
	vbc_meta_set_int(meta, "created_ms", now_ms);
	return vbc_disk_record(op, VBC_VOLUME_KIND, medium, meta, &id);
}

static int volume_make(struct vbc_op *op, void *arg)
{
	struct create *c = arg;
	bool empty = vbc_ref_is_null(c->from.medium);
	vbc_ref medium = {NULL};
	int code = vbc_medium_create(op, c->path, c->size_bytes, !c->opts.dynamic,
				     "creating the volume", AT_START, empty ? AT_END : AT_COPY,
				     &medium);

	if (!code && !empty)
		code = vbc_medium_fill(op, c->from.medium, medium,
				       c->opts.snapshot ? "copying the snapshot"
							: "copying the disk",
				       AT_COPY, AT_END);
	if (!code)
		code = volume_record_disk(op, c, medium);
	return code ? code : vbc_volume_result(op, medium, &c->volume);
}

/* All that can be known before anything is made. */
static int volume_prepare_create(struct vbc_op *op, struct create *c, struct vbc_meta *entry)
{
	int code = volume_inspect_origin(op, c);

	if (!code)
		code = volume_choose_size(op, c);
	if (!code)
		code = vbc_volume_check_name(op, c->name, "");
	return code ? code : vbc_disk_plan(op, VBC_VOLUME_KIND, c->from.path, c->id, entry);
}

static int volume_create_body(struct vbc_op *op, void *arg)
{
	struct create *c = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_NEW, VBC_VOLUME_KIND, c->id, entry, NULL};
	int code = entry ? volume_prepare_create(op, c, entry) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	c->path = vbc_meta_str(entry, "target");
	code = vbc_work_run(op, &work, volume_make, c);
	return vbc_error_prefix(&op->error, code, "cannot create volume '%s'", c->name);
}

int vbc_volume_create_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	(void)id;
	return vbc_disk_undo(op, VBC_VOLUME_KIND, entry);
}

int vbc_volume_create(struct vbc_host *host, const char *name,
		      const struct vbc_volume_create_opts *opts, const struct vbc_wait *wait,
		      struct vbc_volume **ret_volume, struct vbc_error *err)
{
	if (vbc_lacks(err, host, name, ret_volume))
		return VBC_E_ARG;

	struct create c = {.name = name};
	int code = vbc_name_check("volume", name, err);

	vbc_opts_read(&c.opts, opts);
	if (!code && c.opts.snapshot && c.opts.node)
		code = vbc_fail(err, VBC_E_ARG,
				"a volume starts with a snapshot or with a node's disk, not both");
	if (!code && !c.opts.size_gib && !c.opts.snapshot && !c.opts.node)
		code = vbc_fail(
			err, VBC_E_ARG,
			"a volume needs a size in GiB, or a snapshot or a node whose disk it "
			"starts with");
	if (!code && c.opts.size_gib)
		code = vbc_volume_check_size(c.opts.size_gib, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, volume_create_body, &c);
	if (!code)
		*ret_volume = c.volume;
	return code;
}
