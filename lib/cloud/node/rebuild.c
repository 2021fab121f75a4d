/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Giving a node a new disk, made of an image. In order: the journal, the copy, the exchange, the
 * note that it is complete, the end of the old disk, the metadata. Up to that note the journal's
 * undo goes back, and the old disk is there as it was; from then on it goes forward.
 */
#include "node/rebuild.h"

#include <vboxcloud/image.h>
#include <vboxcloud/node.h>

#include <string.h>

#include "base/given.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/machine-folder.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "image/query.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/boot-disk.h"
#include "machine/platform.h"
#include "machine/read-again.h"
#include "machine/wait-stable.h"
#include "node/create.h"
#include "node/list.h"
#include "node/name.h"
#include "node/protect.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

#define GIB ((uint64_t)1 << 30)

/* In the journal: the old disk's path and place; what has begun. */
#define OLD  "old"
#define SWAP "swap"
#define DONE "rebuilt"

enum { AT_COPY = 0, AT_END = 100 }; /* how much of the whole that is, in percent */

struct rebuild {
	const char *id_or_name, *image_name;
	struct vbc_node_ref node;
	struct vbc_lock lock;
	struct vbc_new_node new; /* as which it is checked */
	vbc_ref old;
	const char *old_path;
	struct vbc_storage_slot place;
	uint64_t old_bytes;
	struct vbc_meta *entry;
	struct vbc_node *result;
};

/* Snapshots would need the old disk, and so would what is linked to them. */
static int rebuild_check_alone(struct vbc_op *op, const struct rebuild *r)
{
	bool volume = false;
	vbc_ref parent = {NULL};
	int code = vbc_node_disk_is_volume(op, r->old, &volume);

	if (!code && volume)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"it starts from a volume, which is not part of it; detach the "
				"volume first");
	if (!code)
		code = vbc_IMedium_getParent(op, r->old, &parent);
	if (!code && !vbc_ref_is_null(parent))
		code = vbc_fail(&op->error, VBC_E_STATE,
				"its disk cannot be replaced while the node has snapshots or is "
				"linked to another disk");
	return code;
}

static int rebuild_find_disk(struct vbc_op *op, struct rebuild *r)
{
	struct vbc_node_disks d = {.machine = r->lock.machine};
	int code = vbc_IMachine_getMediumAttachments(op, d.machine, &d.all);

	if (!code)
		code = vbc_node_first_disk(op, &d);
	if (!code && !d.first)
		code = vbc_fail(&op->error, VBC_E_STATE, "it has no disk");
	if (code)
		return code;
	r->old = d.first->medium;
	r->place = vbc_storage_slot_of(d.first);
	code = vbc_IMedium_getLocation(op, r->old, &r->old_path);
	if (!code)
		code = rebuild_check_alone(op, r);
	return code ? code : vbc_medium_size(op, r->old, "node", r->node.name, &r->old_bytes);
}

/* The node keeps its size: whether the image fits that. */
static int rebuild_check_size(struct vbc_op *op, struct rebuild *r)
{
	const struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_size *size = &r->new.size;
	uint32_t cpus = 0, memory_mib = 0;
	int code = vbc_IMachine_getCPUCount(op, r->lock.machine, &cpus);

	if (!code)
		code = vbc_IMachine_getMemorySize(op, r->lock.machine, &memory_mib);
	if (code)
		return code;
	size->cpus = cpus;
	size->ram_mib = memory_mib;
	size->disk_gib = (unsigned)((r->old_bytes + GIB - 1) / GIB);
	size->id = vbc_arena_printf(&op->arena, "%u_cpu-%u_ram-%u_disk", cpus, memory_mib,
				    size->disk_gib);
	r->new.opts = &opts;
	code = size->id ? vbc_node_check_image(op, &r->new) : vbc_fail_nomem(&op->error);
	r->new.opts = NULL;
	return code;
}

static int rebuild_check_firmware(struct vbc_op *op, const struct rebuild *r)
{
	const char *wanted = r->new.image.firmware, *has = "";
	bool nvram = false;
	int code = wanted[0] ? vbc_firmware_read(op, r->lock.machine, &has, &nvram) : VBC_OK;

	if (code || streq(wanted, has))
		return code;
	return vbc_fail(&op->error, VBC_E_ARG,
			"image '%s' needs the firmware '%s', but the node has '%s'; make a new "
			"node from it",
			r->new.image.name, wanted, has);
}

static int rebuild_plan(struct vbc_op *op, struct rebuild *r)
{
	const char *folder = "";
	char unused[37];
	int code = vbc_machine_folder(op, r->node.machine, &folder);

	if (!code)
		code = vbc_disk_plan_in(op, folder, r->new.image.location, unused, r->entry);
	vbc_meta_set_str(r->entry, OLD, r->old_path);
	vbc_meta_set_str(r->entry, "controller", r->place.controller);
	vbc_meta_set_int(r->entry, "port", r->place.port);
	vbc_meta_set_int(r->entry, "device", r->place.device);
	vbc_meta_set_int(r->entry, "hot", r->place.hot);
	vbc_meta_set_str(r->entry, "image", r->new.image.id);
	vbc_meta_set_str(r->entry, "username", r->new.image.username);
	return code;
}

/* What the entry says of the new disk's image. */
static int rebuild_write_metadata(struct vbc_op *op, const struct vbc_node_ref *node,
				  const struct vbc_meta *entry)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_node_meta(op, node, &meta);

	if (code)
		return code;
	vbc_meta_set_str(meta, "image", vbc_meta_uuid(entry, "image"));
	vbc_meta_set_str(meta, "username", vbc_meta_login(entry, "username"));
	return vbc_node_put_meta(op, node->id, meta);
}

static int rebuild_swap(struct vbc_op *op, const struct rebuild *r, vbc_ref disk)
{
	int code = vbc_work_note(op, SWAP, "yes");

	vbc_op_about_nothing(op);
	if (!code)
		code = vbc_medium_detach(op, r->lock.machine, &r->place);
	if (!code)
		code = vbc_medium_attach(op, r->lock.machine, &r->place, disk);
	return code ? code : vbc_work_note(op, DONE, "yes");
}

static int node_rebuild_recorded(struct vbc_op *op, void *arg)
{
	const struct rebuild *r = arg;
	uint64_t bytes = r->old_bytes > r->new.image.size_bytes ? r->old_bytes : 0;
	vbc_ref disk = {NULL};
	int code = vbc_medium_copy(op, r->new.image_medium, vbc_meta_str(r->entry, "target"), bytes,
				   "copying the disk", AT_COPY, AT_END, &disk);

	if (!code)
		code = rebuild_swap(op, r, disk);
	if (!code)
		code = vbc_medium_delete(op, r->old);
	return code ? code : rebuild_write_metadata(op, &r->node, r->entry);
}

static int node_rebuild_locked(struct vbc_op *op, struct rebuild *r)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_THING, "node-rebuild", r->node.id, entry, &r->lock};
	int code = entry ? vbc_node_check_unprotected(op, &r->node) : vbc_fail_nomem(&op->error);

	r->entry = entry;
	if (!code)
		code = rebuild_find_disk(op, r);
	if (!code)
		code = rebuild_check_size(op, r);
	if (!code)
		code = rebuild_check_firmware(op, r);
	if (!code)
		code = rebuild_plan(op, r);
	if (!code)
		code = vbc_work_run(op, &work, node_rebuild_recorded, r);
	return code ? code : vbc_node_read(op, r->node.machine, r->node.id, &r->result);
}

static int node_rebuild_body(struct vbc_op *op, void *arg)
{
	struct rebuild *r = arg;
	int code = vbc_image_find(op, r->image_name, &r->new.image, &r->new.image_medium);

	r->lock = (struct vbc_lock){0};
	op->progress.what = "rebuilding";
	if (!code)
		code = vbc_node_take_stopped(op, r->id_or_name, "rebuilt", &r->node, &r->lock);
	if (code)
		return code;
	code = node_rebuild_locked(op, r);
	vbc_lock_drop(op, &r->lock);
	return vbc_error_prefix(&op->error, code, "cannot rebuild node '%s'", r->node.name);
}

int vbc_node_rebuild(struct vbc_host *host, const char *id_or_name, const char *image,
		     const struct vbc_wait *wait, struct vbc_node **ret_node, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, image, ret_node))
		return VBC_E_ARG;

	struct rebuild r = {.id_or_name = id_or_name, .image_name = image};
	int code = vbc_run_recovered(host, wait, err, node_rebuild_body, &r);

	if (!code)
		*ret_node = r.result;
	return code;
}

/* Where the disk that is at a place of a machine lies; "": there is none. */
static int rebuild_find_attached(struct vbc_op *op, vbc_ref machine,
				 const struct vbc_storage_slot *place, const char **ret_path)
{
	struct vbc_IMediumAttachment_array all = {0};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);

	*ret_path = "";
	for (size_t i = 0; !code && i < all.n; i++)
		if (streq(all.v[i].controller, place->controller) && all.v[i].port == place->port &&
		    all.v[i].device == place->device && !vbc_ref_is_null(all.v[i].medium))
			code = vbc_IMedium_getLocation(op, all.v[i].medium, ret_path);
	return code;
}

/* The old disk in its place, whichever is there now. */
static int rebuild_put_back(struct vbc_op *op, vbc_ref machine, const struct vbc_meta *entry)
{
	const struct vbc_storage_slot place = {.controller = vbc_meta_str(entry, "controller"),
					       .port = (int32_t)vbc_meta_int(entry, "port"),
					       .device = (int32_t)vbc_meta_int(entry, "device"),
					       .hot = vbc_meta_int(entry, "hot") != 0};
	const char *old = vbc_meta_str(entry, OLD), *path;
	vbc_ref disk = {NULL};
	int code = rebuild_find_attached(op, machine, &place, &path);

	if (code || streq(path, old))
		return code;
	if (streq(path, vbc_meta_str(entry, "target")))
		code = vbc_medium_detach(op, machine, &place);
	if (!code)
		code = vbc_medium_known(op, old, &disk);
	if (!code && vbc_ref_is_null(disk))
		code = vbc_medium_open(op, old, VBC_AccessMode_ReadWrite, &disk);
	return code ? code : vbc_medium_attach(op, machine, &place, disk);
}

static int rebuild_go_back(struct vbc_op *op, const struct vbc_node_ref *node,
			   const struct vbc_meta *entry)
{
	struct vbc_lock lock = {0};
	int code = VBC_OK;

	if (vbc_meta_str(entry, SWAP)[0]) {
		code = vbc_lock_take(op, node->machine, node->id, VBC_LockType_Write, &lock);
		if (!code)
			code = rebuild_put_back(op, lock.machine, entry);
		vbc_lock_drop(op, &lock);
	}
	return code ? code : vbc_disk_undo(op, VBC_VOLUME_KIND, entry);
}

int vbc_node_rebuild_undo(struct vbc_op *op, const struct vbc_node_ref *node,
			  const struct vbc_meta *entry)
{
	int code;

	if (vbc_ref_is_null(node->machine)) /* another program has removed it */
		return vbc_disk_undo(op, VBC_VOLUME_KIND, entry);
	code = vbc_node_check_readable(op, node->id); /* else nobody knows which disk it has */
	if (code)
		return code;
	if (!vbc_meta_str(entry, DONE)[0])
		return rebuild_go_back(op, node, entry);
	code = vbc_medium_wait_idle(op, vbc_meta_str(entry, OLD));
	if (!code)
		code = vbc_medium_wipe(op, vbc_meta_str(entry, OLD), "");
	return code ? code : rebuild_write_metadata(op, node, entry);
}
