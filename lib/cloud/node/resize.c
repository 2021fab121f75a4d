/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Giving a node another size: CPUs, memory, and a larger disk.
 */
#include "node/resize.h"

#include <vboxcloud/size.h>

#include "base/given.h"
#include "disk/medium-facts.h"
#include "host/size.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/boot-disk.h"
#include "machine/wait-stable.h"
#include "node/name.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

#define GIB ((uint64_t)1 << 30)

struct resize {
	const char *id_or_name, *size_id;
	struct vbc_size size;
};

static int resize_check_dynamic(struct vbc_op *op, const struct vbc_node_ref *f, vbc_ref disk)
{
	struct vbc_medium_facts facts;
	int code = vbc_medium_facts(op, &disk, NULL, 1, VBC_FACT_LAYOUT, &facts);

	if (code || !facts.fixed)
		return code;
	return vbc_fail(
		&op->error, VBC_E_STATE,
		"the disk of node '%s' has a fixed size, and VirtualBox cannot grow such disks; if "
		"it is a volume, grow that, otherwise clone the node with the larger size",
		f->name);
}

/*
 * Going back to a snapshot would make the disk small again; and beyond the end of the image that it
 * is linked to VirtualBox cannot read.
 */
static int resize_check_alone(struct vbc_op *op, const struct vbc_node_ref *f, vbc_ref disk)
{
	vbc_ref parent = {NULL};
	int code = vbc_IMedium_getParent(op, disk, &parent);

	if (code || vbc_ref_is_null(parent))
		return code;
	return vbc_fail(&op->error, VBC_E_STATE,
			"the disk of node '%s' cannot grow while the node has snapshots or the "
			"disk is linked to another",
			f->name);
}

/*
 * A machine of another tool may start from a volume, which grows with it then. A node that was made
 * here has a disk of its own: where that is detached, the volumes that are left are no such disk.
 */
static int resize_check_own(struct vbc_op *op, const struct vbc_node_ref *f, vbc_ref disk)
{
	struct vbc_meta *VBC_META meta = NULL;
	bool volume = false;
	int code = vbc_node_disk_is_volume(op, disk, &volume);

	if (!code && volume)
		code = vbc_node_meta(op, f, &meta);
	if (code || !volume || !vbc_meta_date(meta, "created_ms"))
		return code;
	return vbc_fail(&op->error, VBC_E_STATE,
			"the node's own disk is detached, and only volumes are attached, which do "
			"not grow with it; attach its disk again, or grow the volume itself");
}

/* Whether the disk must grow, and can. */
static int resize_check_disk(struct vbc_op *op, const struct resize *r,
			     const struct vbc_node_ref *f, vbc_ref disk, bool *ret_grow)
{
	uint64_t wanted = r->size.disk_gib * GIB, now = 0;
	int code = vbc_medium_size(op, disk, "node", f->name, &now);

	/* Made of an image whose size is not a whole number of GiB, it is shown as the next one. */
	if (code || (now + GIB - 1) / GIB == r->size.disk_gib)
		return code;
	if (now > wanted)
		return vbc_fail(&op->error, VBC_E_ARG,
				"the disk of node '%s' has %u GiB and size '%s' has %u; disks can "
				"only grow",
				f->name, (unsigned)((now + GIB - 1) / GIB), r->size.id,
				r->size.disk_gib);
	*ret_grow = true;
	code = resize_check_alone(op, f, disk);
	return code ? code : resize_check_dynamic(op, f, disk);
}

static int resize_grow_disk(struct vbc_op *op, vbc_ref disk, uint64_t bytes)
{
	enum vbc_MediumState state;
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_resize(op, disk, (int64_t)bytes, &progress);

	if (!code)
		code = vbc_progress_wait(op, progress, "growing the disk", 0, 100);
	return code ? code : vbc_IMedium_refreshState(op, disk, &state);
}

/* What a node has of its size; strings in the operation's arena, or in the journal's entry. */
struct hardware {
	uint32_t cpus, memory_mib;
	const char *machine_size, *size; /* ids, in the machine's extra data and in the metadata */
};

static int resize_get_hardware(struct vbc_op *op, vbc_ref machine, struct hardware *ret)
{
	int code = vbc_IMachine_getCPUCount(op, machine, &ret->cpus);

	if (!code)
		code = vbc_IMachine_getMemorySize(op, machine, &ret->memory_mib);
	return code ? code
		    : vbc_IMachine_getExtraData(op, machine, VBC_NODE_SIZE_KEY, &ret->machine_size);
}

static int resize_set_hardware(struct vbc_op *op, const struct vbc_node_ref *f, vbc_ref machine,
			       struct vbc_meta *meta, const struct hardware *h)
{
	int code = vbc_IMachine_setCPUCount(op, machine, h->cpus);

	if (!code)
		code = vbc_IMachine_setMemorySize(op, machine, h->memory_mib);
	if (!code)
		code = vbc_IMachine_setExtraData(op, machine, VBC_NODE_SIZE_KEY, h->machine_size);
	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	vbc_meta_set_str(meta, "size", h->size);
	return code ? code : vbc_node_put_meta(op, f->id, meta);
}

/* Back to what it had; a disk that has grown stays so, which takes no space. */
int vbc_node_resize_undo(struct vbc_op *op, const struct vbc_node_ref *node,
			 const struct vbc_meta *entry)
{
	const struct hardware old = {vbc_meta_count(entry, "cpus", UINT32_MAX),
				     vbc_meta_count(entry, "memory_mb", UINT32_MAX),
				     vbc_meta_str(entry, "machine_size"),
				     vbc_meta_str(entry, "size")};
	struct vbc_meta *VBC_META meta = NULL;
	struct vbc_lock lock = {0};
	int code;

	if (vbc_ref_is_null(node->machine))
		return VBC_OK;
	code = vbc_lock_take(op, node->machine, node->id, VBC_LockType_Write, &lock);
	if (!code)
		code = vbc_node_meta(op, node, &meta);
	if (!code)
		code = resize_set_hardware(op, node, lock.machine, meta, &old);
	vbc_lock_drop(op, &lock);
	return code;
}

/* What is done to the hardware, once it is in the journal. */
struct hardware_change {
	const struct vbc_node_ref *node;
	vbc_ref machine;
	struct vbc_meta *meta;
	struct hardware new;
};

static int hardware_change_body(struct vbc_op *op, void *arg)
{
	const struct hardware_change *h = arg;

	return resize_set_hardware(op, h->node, h->machine, h->meta, &h->new);
}

static int resize_change_hardware(struct vbc_op *op, const struct resize *r,
				  const struct vbc_node_ref *f, struct vbc_lock *lock,
				  struct vbc_meta *entry)
{
	const struct vbc_work work = {VBC_WORK_THING, "node-resize", f->id, entry, lock};
	struct hardware old = {0};
	struct vbc_meta *VBC_META meta = NULL;
	struct hardware_change change = {
		.node = f,
		.machine = lock->machine,
		.new = {r->size.cpus, r->size.ram_mib, r->size.id, r->size.id}};
	int code = vbc_node_meta(op, f, &meta);

	if (!code)
		code = resize_get_hardware(op, lock->machine, &old);
	if (code)
		return code;
	vbc_meta_set_int(entry, "cpus", old.cpus);
	vbc_meta_set_int(entry, "memory_mb", old.memory_mib);
	vbc_meta_set_str(entry, "machine_size", old.machine_size);
	vbc_meta_set_str(entry, "size", vbc_meta_str(meta, "size"));
	change.meta = meta;
	return vbc_work_run(op, &work, hardware_change_body, &change);
}

/* What is not chosen stays. */
static int resize_complete_size(struct vbc_op *op, struct resize *r, const struct vbc_node_ref *f,
				vbc_ref machine, vbc_ref disk)
{
	struct hardware now = {0};
	struct vbc_size rest;
	uint64_t bytes = 0;
	int code = resize_get_hardware(op, machine, &now);

	if (!code)
		code = vbc_medium_size(op, disk, "node", f->name, &bytes);
	if (code)
		return code;
	rest = (struct vbc_size){.cpus = now.cpus,
				 .ram_mib = now.memory_mib,
				 .disk_gib = (unsigned)((bytes + GIB - 1) / GIB)};
	return vbc_size_for_host(op, r->size_id, &rest, &r->size);
}

static int resize_change_node(struct vbc_op *op, struct resize *r, const struct vbc_node_ref *f,
			      struct vbc_lock *lock)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	vbc_ref disk = {NULL};
	bool grow = false;
	int code = entry ? vbc_node_disk(op, lock->machine, &disk) : vbc_fail_nomem(&op->error);

	if (!code && !r->size.id)
		code = resize_complete_size(op, r, f, lock->machine, disk);
	if (!code)
		code = resize_check_own(op, f, disk);
	if (!code)
		code = resize_check_disk(op, r, f, disk, &grow);
	if (!code && grow)
		code = resize_grow_disk(op, disk, r->size.disk_gib * GIB);
	return code ? code : resize_change_hardware(op, r, f, lock, entry);
}

static int node_resize_body(struct vbc_op *op, void *arg)
{
	struct resize *r = arg;
	struct vbc_node_ref f = {0};
	struct vbc_lock lock = {0};
	int code = vbc_size_parse_parts(r->size_id, &r->size, &op->error);

	if (!code && vbc_size_is_whole(&r->size))
		code = vbc_size_for_host(op, r->size_id, NULL, &r->size);
	op->progress.what = "resizing";
	if (!code)
		code = vbc_node_take_stopped(op, r->id_or_name, "resized", &f, &lock);
	if (code)
		return code;
	code = resize_change_node(op, r, &f, &lock);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot resize node '%s'", f.name);
}

int vbc_node_resize(struct vbc_host *host, const char *id_or_name, const char *size,
		    const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, size))
		return VBC_E_ARG;

	struct resize r = {.id_or_name = id_or_name, .size_id = size ? size : ""};
	int code = vbc_size_parse_parts(r.size_id, &r.size, err);

	return code ? code : vbc_run_recovered(host, wait, err, node_resize_body, &r);
}
