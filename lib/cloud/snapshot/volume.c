/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots of volumes: full copies, so that the volume never gets a child. What a running machine
 * writes to cannot be copied; so a snapshot of the machine makes the disk stand still meanwhile.
 */
#include "snapshot/volume.h"

#include <vboxcloud/snapshot.h>

#include <stdlib.h>
#include <string.h>

#include "base/result.h"
#include "base/str.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "disk/recorded.h"
#include "journal/work.h"
#include "machine/read-again.h"
#include "snapshot/take.h"
#include "snapshot/temporary.h"
#include "vbox/host-clock.h"
#include "vbox/meta.h"
#include "volume/snapshot.h"
#include "volume/volume.h"

/* How much of the whole each part takes, in percent. */
enum { AT_COPY = 5, AT_MERGE = 90, AT_END = 100 };

struct take {
	const struct vbc_snapshot_take *what;
	struct vbc_disk volume;
	struct vbc_volume_use use;
	bool running;
	int64_t taken_ms;
	char id[37];      /* of the journal's entry and the file */
	const char *path; /* of the file */
	struct vbc_snapshot *result;
};

static int snapshot_record_disk(struct vbc_op *op, const struct take *t, vbc_ref medium,
				const char **ret_id)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const char *volume_name = vbc_disk_name(op, &t->volume);

	if (!meta || !volume_name)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, "name", t->what->name);
	vbc_meta_set_str(meta, "description", t->what->description);
	vbc_meta_set_str(meta, "volume", t->volume.id);
	vbc_meta_set_str(meta, "volume_name", volume_name);
	vbc_meta_set_int(meta, "created_ms", t->taken_ms);
	return vbc_disk_record(op, VBC_SNAPSHOT_KIND, medium, meta, ret_id);
}

static bool snapshot_fill_from_disk(struct vbc_op *op, const struct vbc_disk *disk,
				    struct vbc_arena *a, struct vbc_snapshot *s)
{
	struct vbc_meta *VBC_META meta = disk->json[0] ? vbc_meta_parse(disk->json) : NULL;
	const char *name = vbc_disk_name(op, disk);

	s->id = vbc_arena_strdup(a, disk->id);
	s->name = name ? vbc_arena_strdup(a, name) : NULL;
	s->kind = VBC_SNAPSHOT_KIND_VOLUME;
	s->of = vbc_arena_strdup(a, vbc_meta_uuid(meta, "volume"));
	s->of_name = vbc_arena_strdup(a, vbc_meta_name(meta, "volume_name"));
	s->parent = "";
	s->description = vbc_arena_strdup(a, vbc_meta_str(meta, "description"));
	s->created_at_ms = vbc_meta_date(meta, "created_ms");
	s->size_bytes = disk->facts.size_bytes;
	return s->id && s->name && s->of && s->of_name && s->description;
}

static int snapshot_read_back(struct vbc_op *op, vbc_ref medium, struct vbc_snapshot **ret)
{
	struct vbc_disk *disks = NULL;
	struct vbc_snapshot *s;
	size_t n = 0;
	int code = vbc_disk_query(op, VBC_SNAPSHOT_KIND, medium, VBC_DISK_FILE, &disks, &n);

	if (!code && !n)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"the new snapshot was deleted by another program");
	if (code)
		return code;
	s = vbc_result_new(&op->results, sizeof(*s));
	if (!s || !snapshot_fill_from_disk(op, &disks[0], vbc_result_arena(s), s))
		return vbc_fail_nomem(&op->error);
	*ret = s;
	return VBC_OK;
}

/* What is copied: of an attached volume what the node writes to now. */
static vbc_ref snapshot_find_source(const struct take *t)
{
	return t->use.slot.controller[0] ? t->use.medium : t->volume.medium;
}

/* VirtualBox never ends a copy of what it cannot read. */
static int snapshot_check_readable(struct vbc_op *op, const struct take *t)
{
	uint64_t size_bytes = t->volume.facts.size_bytes;

	if (size_bytes && streq(snapshot_find_source(t).s, t->volume.medium.s))
		return VBC_OK;
	return vbc_medium_size(op, snapshot_find_source(t), "volume", t->what->of, &size_bytes);
}

static int snapshot_make(struct vbc_op *op, void *arg)
{
	struct take *t = arg;
	vbc_ref medium = {NULL};
	const char *id = "";
	int code = t->running ? vbc_temporary_take(op, t->use.machine, t->use.machine_id, t->id, 0,
						   AT_COPY)
			      : VBC_OK;

	if (!code)
		code = vbc_medium_copy(op, snapshot_find_source(t), t->path, 0,
				       "copying the volume", AT_COPY, AT_MERGE, &medium);
	if (!code)
		code = snapshot_record_disk(op, t, medium, &id);
	if (!code && t->running)
		code = vbc_temporary_delete(op, t->use.machine_id, t->id, AT_MERGE, AT_END);
	return code ? code : snapshot_read_back(op, medium, &t->result);
}

/* All that can be known before anything is made. */
static int snapshot_prepare_copy(struct vbc_op *op, struct take *t, struct vbc_meta *entry)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	const char *source = "";
	int code = vbc_volume_find(op, t->what->of, &t->volume);

	if (!code)
		code = vbc_volume_use_found(op, &t->volume, &t->use);
	if (!code && !t->use.machine_id[0])
		code = vbc_machine_check_free(op, "volume", t->what->of);
	if (!code)
		code = snapshot_check_readable(op, t);
	if (!code)
		code = vbc_host_clock(op, &t->taken_ms);
	if (!code)
		source = t->volume.location;
	if (!code && t->use.slot.controller[0])
		code = vbc_IMedium_getLocation(op, t->use.medium, &source);
	if (!code && t->use.slot.controller[0])
		code = vbc_IMachine_getState(op, t->use.machine, &state);
	if (code)
		return code;
	t->running = vbc_temporary_is_needed(state);
	vbc_meta_set_str(entry, "machine", t->running ? t->use.machine_id : "");
	return vbc_disk_plan(op, VBC_SNAPSHOT_KIND, source, t->id, entry);
}

int vbc_snapshot_take_volume(struct vbc_op *op, const struct vbc_snapshot_take *take,
			     struct vbc_snapshot **ret)
{
	struct take t = {.what = take};
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_NEW, VBC_SNAPSHOT_KIND, t.id, entry, NULL};
	int code = entry ? snapshot_prepare_copy(op, &t, entry) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	t.path = vbc_meta_str(entry, "target");
	code = vbc_work_run(op, &work, snapshot_make, &t);
	if (!code)
		*ret = t.result;
	return code;
}

int vbc_snapshot_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *machine_id = vbc_meta_str(entry, "machine");
	int code = vbc_disk_undo(op, VBC_SNAPSHOT_KIND, entry);

	return code || !machine_id[0] ? code
				      : vbc_temporary_delete(op, machine_id, id, AT_MERGE, AT_END);
}

int vbc_snapshot_delete_volume(struct vbc_op *op, const char *snapshot)
{
	struct vbc_disk disk;
	int code = vbc_snapshot_find_surely(op, snapshot, &disk);

	if (!code && disk.machines.n)
		code = vbc_fail(&op->error, VBC_E_BUSY, "machine %s has it as a disk",
				disk.machines.v[0]);
	if (!code)
		code = vbc_machine_check_free(op, "snapshot", snapshot);
	return code ? code : vbc_disk_delete(op, VBC_SNAPSHOT_KIND, VBC_SNAPSHOT_KIND, &disk);
}

static int snapshot_compare_time(const void *x, const void *y)
{
	const struct vbc_snapshot *a = *(const struct vbc_snapshot *const *)x;
	const struct vbc_snapshot *b = *(const struct vbc_snapshot *const *)y;

	if (a->created_at_ms != b->created_at_ms)
		return a->created_at_ms < b->created_at_ms ? -1 : 1;
	return strcmp(a->id, b->id);
}

/* `of`: only those of the volume of that id; NULL: all. */
static int snapshot_fill_list(struct vbc_op *op, const struct vbc_disk *disks, size_t n,
			      const char *of, struct vbc_snapshots *list)
{
	struct vbc_arena *a = vbc_result_arena(list);
	const struct vbc_snapshot **v = VBC_ARENA_ARRAY(a, const struct vbc_snapshot *, n);
	size_t kept = 0;

	for (size_t i = 0; v && i < n; i++) {
		struct vbc_snapshot *s = VBC_ARENA_NEW(a, struct vbc_snapshot);

		if (!s || !snapshot_fill_from_disk(op, &disks[i], a, s))
			return vbc_fail_nomem(&op->error);
		if (!of || streq(s->of, of))
			v[kept++] = s;
	}
	if (!v)
		return vbc_fail_nomem(&op->error);
	qsort(v, kept, sizeof(const struct vbc_snapshot *), snapshot_compare_time);
	list->n = kept;
	list->v = v;
	return VBC_OK;
}

int vbc_snapshot_list_volume(struct vbc_op *op, const char *volume, struct vbc_snapshots *list)
{
	/* The snapshots of a volume that is gone are found by its id. */
	bool by_id = volume && vbc_is_uuid(volume);
	struct vbc_disk found = {.id = volume}, *disks = NULL;
	size_t n = 0;
	int code = volume && !by_id ? vbc_volume_find(op, volume, &found) : VBC_OK;

	if (!code)
		code = vbc_disk_query(op, VBC_SNAPSHOT_KIND, (vbc_ref){NULL}, VBC_DISK_FILE, &disks,
				      &n);
	if (!code)
		code = snapshot_fill_list(op, disks, n, found.id, list);
	return code || !by_id || list->n ? code : vbc_volume_find(op, volume, &found);
}
