/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Growing a volume. VirtualBox grows disks whose file grows with them, but none of fixed size: such
 * a one is copied into a larger file, which then takes its place and its id. From the note of
 * that on, the journal's undo goes forward.
 */
#include "volume/resize.h"

#include <vboxcloud/volume.h>

#include "base/given.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "disk/recorded.h"
#include "disk/storage-slot.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/read-again.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/progress.h"
#include "volume/attach.h"
#include "volume/volume.h"

#define SWAP "swap" /* in the journal: the copy is complete */

/* How much of the whole each part takes, in percent. */
enum { AT_COPY = 20, AT_END = 100 };

struct resize {
	const char *volume;
	unsigned size_gib;
	/* of one run */
	uint64_t size_bytes;
	struct vbc_disk disk;
	struct vbc_volume_use use; /* without a machine: detached */
	struct vbc_lock lock;
	char id[37];
	const char *path; /* of the copy */
};

static int volume_grow_dynamic(struct vbc_op *op, const struct resize *r)
{
	enum vbc_MediumState state;
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_resize(op, r->disk.medium, (int64_t)r->size_bytes, &progress);

	if (!code)
		code = vbc_progress_wait(op, progress, "growing the volume", 0, AT_END);
	/* Its size is the old one until VirtualBox looks again; other programs do not make it. */
	return code ? code : vbc_IMedium_refreshState(op, r->disk.medium, &state);
}

static int volume_open_anew(struct vbc_op *op, const char *path, vbc_ref *medium)
{
	int code = vbc_IMedium_close(op, *medium);

	return code ? code : vbc_medium_open(op, path, VBC_AccessMode_ReadWrite, medium);
}

/*
 * VirtualBox knows a disk by its new id only after it was opened anew. From then on until its
 * service is restarted it may not find disks by their paths, and openMedium() of one that it knows
 * then makes a second one of it: so only what is not known is opened.
 */
static int volume_take_id(struct vbc_op *op, const char *path, const char *new_id, vbc_ref *medium)
{
	const char *id = "";
	enum vbc_MediumState state = VBC_MediumState_Created;
	int code = vbc_IMedium_getId(op, *medium, &id);

	/* Of one that it has not read since its service was started it changes no id. */
	if (!code && !streq(id, new_id))
		code = vbc_IMedium_refreshState(op, *medium, &state);
	/* The file may have the new id already, where a service that was started since has the old.
	 */
	if (!code && state == VBC_MediumState_Inaccessible) {
		code = volume_open_anew(op, path, medium);
		if (!code)
			code = vbc_IMedium_getId(op, *medium, &id);
	}
	if (!code && !streq(id, new_id))
		code = vbc_IMedium_setIds(op, *medium, true, new_id, false, "");
	return code ? code : volume_open_anew(op, path, medium);
}

/*
 * The disk at `to` takes the id of the one at `from`, which goes. Whatever of that is done already
 * is left; one that is attached again has its id.
 */
static int volume_swap_disks(struct vbc_op *op, const char *from, const char *to,
			     const char *volume_id, vbc_ref *ret_medium)
{
	struct vbc_strs machines = {0};
	vbc_ref old = {NULL}, medium = {NULL};
	int code = vbc_medium_wait_idle(op, from);

	if (!code)
		code = vbc_medium_known(op, from, &old);
	if (!code && !vbc_ref_is_null(old))
		code = vbc_medium_delete(op, old);
	if (!code)
		code = vbc_medium_known(op, to, &medium);
	if (!code && vbc_ref_is_null(medium))
		code = vbc_medium_open(op, to, VBC_AccessMode_ReadWrite, &medium);
	if (!code)
		code = vbc_IMedium_getMachineIds(op, medium, &machines);
	if (!code && !machines.n)
		code = volume_take_id(op, to, volume_id, &medium);
	if (!code)
		*ret_medium = medium;
	return code;
}

static int volume_replace_disk(struct vbc_op *op, const struct resize *r)
{
	const struct vbc_volume_use *u = &r->use;
	bool attached = !vbc_ref_is_null(u->machine);
	vbc_ref medium = {NULL};
	int code = vbc_work_note(op, SWAP, "yes");

	vbc_op_about_nothing(op);
	if (!code && attached)
		code = vbc_medium_detach(op, r->lock.machine, &u->slot);
	if (!code)
		code = volume_swap_disks(op, r->disk.location, r->path, r->disk.id, &medium);
	if (!code && attached)
		code = vbc_medium_attach(op, r->lock.machine, &u->slot, medium);
	return code;
}

static int volume_grow_copy(struct vbc_op *op, void *arg)
{
	struct resize *r = arg;
	vbc_ref medium = {NULL};
	int code = vbc_medium_create(op, r->path, r->size_bytes, true, "growing the volume", 0,
				     AT_COPY, &medium);

	if (!code)
		code = vbc_medium_fill(op, r->disk.medium, medium, "growing the volume", AT_COPY,
				       AT_END);
	return code ? code : volume_replace_disk(op, r);
}

static int volume_grow_fixed(struct vbc_op *op, struct resize *r)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_NEW, "volume-resize", r->id, entry, &r->lock};
	int code = entry ? vbc_disk_plan(op, VBC_VOLUME_KIND, r->disk.location, r->id, entry)
			 : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	vbc_meta_set_str(entry, "volume", r->disk.id);
	vbc_meta_set_str(entry, "machine", r->use.machine_id);
	r->path = vbc_meta_str(entry, "target");
	return vbc_work_run(op, &work, volume_grow_copy, r);
}

/* A node must not start with the volume while that grows. */
static int volume_lock_node(struct vbc_op *op, struct resize *r)
{
	bool running = false;
	int code;

	if (vbc_volume_in_snapshot(&r->disk, &r->use))
		return vbc_volume_fail_in_snapshot(op, &r->disk, &r->use);
	code = vbc_volume_lock(op, r->use.machine, r->use.machine_id, r->use.machine_id, &r->lock,
			       &running);
	if (!code && running)
		code = vbc_volume_fail_attached(op, VBC_E_BUSY, &r->disk, &r->use,
						", which runs; stop it or detach the volume");
	return code;
}

static int volume_grow_locked(struct vbc_op *op, struct resize *r)
{
	int code = vbc_ref_is_null(r->use.machine) ? vbc_machine_check_free(op, "volume", r->volume)
						   : volume_lock_node(op, r);

	if (!code)
		code = r->disk.facts.fixed ? volume_grow_fixed(op, r) : volume_grow_dynamic(op, r);
	vbc_lock_drop(op, &r->lock);
	return code;
}

static int volume_resize_body(struct vbc_op *op, void *arg)
{
	struct resize *r = arg;
	uint64_t now_bytes = 0;
	int code = vbc_volume_find(op, r->volume, &r->disk);

	r->lock = (struct vbc_lock){0};
	if (!code)
		code = vbc_volume_use_found(op, &r->disk, &r->use);
	if (!code)
		now_bytes = r->disk.facts.size_bytes;
	if (!code && !now_bytes)
		code = vbc_medium_fail_unknown(op, r->disk.medium, "volume", r->volume);
	if (code)
		return code;
	r->size_bytes = r->size_gib * VBC_GIB;
	if (r->size_bytes == now_bytes)
		return VBC_OK;
	if (r->size_bytes < now_bytes)
		return vbc_fail(&op->error, VBC_E_ARG,
				"volume '%s' has %u GiB already; volumes can only grow", r->volume,
				(unsigned)((now_bytes + VBC_GIB - 1) / VBC_GIB));
	code = volume_grow_locked(op, r);
	return vbc_error_prefix(&op->error, code, "cannot resize volume '%s'", r->volume);
}

int vbc_volume_resize(struct vbc_host *host, const char *volume, unsigned size_gib,
		      const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, volume))
		return VBC_E_ARG;

	struct resize r = {.volume = volume, .size_gib = size_gib};
	int code = vbc_volume_check_size(size_gib, err);

	return code ? code : vbc_run_recovered(host, wait, err, volume_resize_body, &r);
}

/* Attaches the volume again where it was taken from; the machine may be gone. */
static int volume_reattach_disk(struct vbc_op *op, const char *machine_id, vbc_ref medium)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_lock lock = {0};
	struct vbc_strs machines = {0};
	vbc_ref machine = {NULL};
	bool running = false;
	int code = vbc_aside_absent(
		&aside, vbc_IVirtualBox_findMachine(op, op->vbox, machine_id, &machine));

	if (code || vbc_ref_is_null(machine))
		return code;
	code = vbc_IMedium_getMachineIds(op, medium, &machines);
	if (code || machines.n)
		return code;
	code = vbc_volume_lock(op, machine, machine_id, machine_id, &lock, &running);
	if (!code)
		code = vbc_storage_slot_plug(op, lock.machine, running, medium);
	vbc_lock_drop(op, &lock);
	return code;
}

/* Forward once the copy is complete and the original is free; else back. */
int vbc_volume_resize_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *from = vbc_meta_str(entry, "source"), *to = vbc_meta_str(entry, "target");
	const char *machine_id = vbc_meta_str(entry, "machine");
	struct vbc_strs machines = {0};
	vbc_ref medium = {NULL};
	bool accessible = true;
	int code = machine_id[0] ? vbc_node_accessible(op, machine_id, &accessible) : VBC_OK;

	(void)id;
	if (!code && !accessible) /* and nobody knows which of the two it has */
		code = vbc_fail(&op->error, VBC_E_STATE,
				"VirtualBox cannot read the machine of node '%s'", machine_id);
	if (!code)
		code = vbc_medium_known(op, from, &medium);
	if (!code && !vbc_ref_is_null(medium))
		code = vbc_IMedium_getMachineIds(op, medium, &machines);
	if (code)
		return code;
	if (!vbc_meta_str(entry, SWAP)[0] || machines.n)
		return vbc_disk_undo(op, VBC_VOLUME_KIND, entry);
	code = volume_swap_disks(op, from, to, vbc_meta_str(entry, "volume"), &medium);
	return code || !machine_id[0] ? code : volume_reattach_disk(op, machine_id, medium);
}
