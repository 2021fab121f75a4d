/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Creating a volume: the journal, the disk, what it starts with, the metadata. Whatever fails, the
 * journal's undo removes it all.
 */
#include <string.h>

#include "doing.h"
#include "folders.h"
#include "medium.h"
#include "name.h"
#include "snapshot-private.h"
#include "str.h"
#include "volume-private.h"
#include "websession.h"

/* How much of the whole the making of the file takes, in percent. */
enum { AT_START = 0, AT_COPY = 20, AT_END = 100 };

struct create {
	const char *name;
	struct vbc_volume_create_opts opts;
	struct vbc_volume *volume; /* the result */
	/* of one run */
	char id[37]; /* of the journal's entry and the file */
	uint64_t size_bytes;
	struct vbc_disk snapshot; /* without an id: none */
};

static int check_name_free(struct vbc_op *op, const char *name)
{
	struct vbc_folders folders;
	struct vbc_disk *disks = NULL;
	size_t n = 0;
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_disk_collect(op, VBC_VOLUME_KIND, folders.volumes, (vbc_ref){NULL}, 0,
					&disks, &n);
	for (size_t i = 0; !code && i < n; i++) {
		const char *its = vbc_disk_name(op, &disks[i]);

		if (!its)
			code = vbc_fail_nomem(&op->error);
		else if (streq(its, name))
			code = vbc_fail(&op->error, VBC_E_EXISTS,
					"there is a volume '%s' already: %s", name, disks[i].id);
	}
	return code;
}

/* The size of a volume from a snapshot: as large as that, in whole GiB, or what was asked for. */
static int choose_size(struct vbc_op *op, struct create *c)
{
	uint64_t least = c->snapshot.id ? (uint64_t)c->snapshot.size_bytes : 0;
	unsigned least_gb = (unsigned)((least + VBC_GIB - 1) / VBC_GIB);
	unsigned size_gb = c->opts.size_gb ? c->opts.size_gb : least_gb;

	if (size_gb < least_gb)
		return vbc_fail(&op->error, VBC_E_ARG,
				"a volume from snapshot '%s' needs at least %u GiB",
				c->opts.snapshot, least_gb);
	c->size_bytes = size_gb * VBC_GIB;
	return VBC_OK;
}

static int record(struct vbc_op *op, const struct create *c, vbc_ref medium)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const char *id = "";
	int64_t now_ms = 0;
	int code = vbc_websession_clock(op, &now_ms);

	if (code)
		return code;
	if (!meta)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, "name", c->name);
	vbc_meta_set_str(meta, "snapshot", c->snapshot.id ? c->snapshot.id : "");
	vbc_meta_set_int(meta, "created_ms", now_ms);
	return vbc_disk_record(op, VBC_VOLUME_KIND, medium, meta, &id);
}

static int make(struct vbc_op *op, struct create *c, const char *path)
{
	vbc_ref medium = {NULL};
	int code = vbc_medium_make(op, path, c->size_bytes, !c->opts.dynamic, "creating the volume",
				   AT_START, c->snapshot.id ? AT_COPY : AT_END, &medium);

	if (!code && c->snapshot.id)
		code = vbc_medium_fill(op, c->snapshot.medium, medium, "copying the snapshot",
				       AT_COPY, AT_END);
	if (!code)
		code = record(op, c, medium);
	return code ? code : vbc_volume_result(op, medium, &c->volume);
}

/* All that can be known before anything is made. */
static int prepare(struct vbc_op *op, struct create *c, struct vbc_meta *entry)
{
	struct vbc_folders folders;
	int code = vbc_folders_get(op, &folders);

	c->snapshot.id = NULL;
	if (!code && c->opts.snapshot)
		code = vbc_snapshot_find(op, c->opts.snapshot, &c->snapshot);
	if (!code)
		code = choose_size(op, c);
	if (!code)
		code = check_name_free(op, c->name);
	return code ? code
		    : vbc_disk_plan(op, folders.volumes, c->snapshot.id ? c->snapshot.location : "",
				    c->id, entry);
}

static int create_body(struct vbc_op *op, void *arg)
{
	struct create *c = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? prepare(op, c, entry) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	code = vbc_doing_begin(op, VBC_VOLUME_KIND, c->id, entry);
	if (!code)
		code = make(op, c, vbc_meta_str(entry, "target"));
	if (!code)
		code = vbc_doing_end(op, c->id);
	if (code) {
		vbc_doing_undo(op, c->id, entry);
		vbc_volume_free(vbc_steal(c->volume));
	}
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
	struct create c = {.name = name};
	int code = vbc_name_check("volume", name, err);

	if (opts) /* an older program's struct is shorter */
		memcpy(&c.opts, opts, opts->size < sizeof(c.opts) ? opts->size : sizeof(c.opts));
	if (!code && (c.opts.size_gb || !c.opts.snapshot))
		code = vbc_volume_check_size(c.opts.size_gb, err);
	if (!code)
		code = vbc_op_run(host, wait, err, create_body, &c);
	if (!code)
		*ret_volume = c.volume;
	return code;
}
