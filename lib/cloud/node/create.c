/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Creating a node. In order: the journal, the machine, the marker snapshot (when it was begun is
 * the creation date; taken before there is a disk, so that no differencing disk arises), the disk,
 * the start, the metadata. Whatever fails, the journal's undo removes it all.
 */
#include "node/create.h"

#include <vboxcloud/node.h>

#include "base/given.h"
#include "base/name.h"
#include "base/path.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/machine-remains.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "disk/medium-remove.h"
#include "disk/seed-disc.h"
#include "display/change.h"
#include "firstboot/dmi.h"
#include "forward/live.h"
#include "host/folders.h"
#include "host/size.h"
#include "image/lent.h"
#include "image/query.h"
#include "image/record.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/adapter-slots.h"
#include "machine/boot-disk.h"
#include "machine/console.h"
#include "machine/keys.h"
#include "machine/node-ref.h"
#include "machine/platform.h"
#include "machine/registered.h"
#include "network/choice.h"
#include "node/adapters.h"
#include "node/choose-size.h"
#include "node/hardware.h"
#include "node/launch.h"
#include "node/list.h"
#include "node/made.h"
#include "node/name.h"
#include "node/remove.h"
#include "node/tag.h"
#include "snapshot/node.h"
#include "snapshot/temporary.h"
#include "vbox/host-clock.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

#define GIB    ((uint64_t)1 << 30)
#define LINKED "linked" /* in the journal's entry: the id of the base disk */

/* How much of the whole each part takes, in percent; the copy of the disk is what takes long. */
enum { AT_COPY = 5, AT_START = 90, AT_END = 100 };

static int node_check_minimum(struct vbc_op *op, const struct vbc_new_node *c, unsigned least,
			      unsigned has, const char *what)
{
	if (has >= least)
		return VBC_OK;
	return vbc_fail(
		&op->error, VBC_E_ARG,
		"image '%s' needs at least %u %s, but size '%s' has %u; choose a larger size",
		c->image.name, least, what, c->size.id, has);
}

int vbc_node_check_image(struct vbc_op *op, const struct vbc_new_node *c)
{
	const struct vbc_image *i = &c->image;
	const char *noun = c->of ? "node" : "image";
	unsigned disk_gib = (unsigned)((i->size_bytes + GIB - 1) / GIB);
	int code;

	if (!i->size_bytes)
		return vbc_medium_fail_unknown(op, c->image_medium, noun, i->name);
	if (disk_gib > c->size.disk_gib)
		return vbc_fail(&op->error, VBC_E_ARG,
				"%s '%s' needs a disk of %u GiB, but size '%s' has %u; choose a "
				"larger size",
				noun, i->name, disk_gib, c->size.id, c->size.disk_gib);
	if (c->opts->linked && c->size.disk_gib > disk_gib)
		return vbc_fail(&op->error, VBC_E_ARG,
				"a disk that is linked to %s '%s' has %u GiB, like that one, but "
				"size '%s' has %u; choose a size with as much, or a full copy",
				noun, i->name, disk_gib, c->size.id, c->size.disk_gib);
	code = node_check_minimum(op, c, i->min_cpus, c->size.cpus, "CPUs");
	if (!code)
		code = node_check_minimum(op, c, i->min_memory_mib, c->size.ram_mib,
					  "MiB of memory");
	return code ? code
		    : node_check_minimum(op, c, i->min_disk_gib, c->size.disk_gib, "GiB of disk");
}

static int node_prepare_first_boot(struct vbc_op *op, struct vbc_new_node *c, const char *folder)
{
	if (c->image.init && streq(c->image.init, VBC_DMI_INIT))
		return vbc_dmi_prepare(op, c->first_boot, c->size.disk_gib, &c->dmi);
	if (!c->first_boot)
		return VBC_OK;
	c->seed.from = c->first_boot;
	c->seed.instance_id = c->id;
	c->seed.init = c->image.init;
	c->seed.path = vbc_path_join(&op->arena, folder, VBC_SEED_FILE VBC_SEED_SUFFIX);
	return c->seed.path ? vbc_seed_prepare(op, c->name, &c->seed) : vbc_fail_nomem(&op->error);
}

/* How many a machine has follows from its chipset. */
static int node_check_adapter_count(struct vbc_op *op, const struct vbc_new_node *c)
{
	size_t room = streq(c->image.chipset, "ich9") ? VBC_ADAPTERS_MAX : VBC_ADAPTERS;

	return c->opts->n_networks <= room
		       ? VBC_OK
		       : vbc_fail(&op->error, VBC_E_ARG, "a node has at most %zu network adapters",
				  room);
}

/* All that can be known before anything is made. */
static int node_prepare_create(struct vbc_op *op, struct vbc_new_node *c)
{
	struct vbc_folders folders;
	const char *folder, *file;
	int code = node_check_adapter_count(op, c);

	if (!code)
		code = vbc_network_resolve(op, c->opts->networks, c->opts->n_networks,
					   &c->networks);
	if (!code)
		code = vbc_folders_get(op, &folders);
	if (!code)
		code = vbc_op_make_uuid(op, c->id);
	if (code)
		return code;
	c->vbox_name = vbc_node_vbox_name(op, c->name);
	folder = vbc_path_join(&op->arena, folders.machines, c->id);
	c->settings = vbc_path_settings(op, &folders, c->id);
	file = vbc_arena_printf(&op->arena, "%s.vdi", c->id);
	c->disk = folder && file ? vbc_path_join(&op->arena, folder, file) : NULL;
	if (!c->vbox_name || !c->settings || !c->disk)
		return vbc_fail_nomem(&op->error);
	return node_prepare_first_boot(op, c, folder);
}

static int node_make_machine(struct vbc_op *op, struct vbc_new_node *c)
{
	const char *group = VBC_NODE_GROUP;
	const struct vbc_strs groups = {.n = 1, .v = &group};
	const char *flags = vbc_arena_printf(&op->arena, "UUID=%s", c->id);
	const char *os = c->image.os_type[0] ? c->image.os_type : VBC_IMAGE_OS_TYPE;
	const char *serial = c->opts->serial_file;
	const struct vbc_platform platform = {
		.firmware = c->image.firmware, .chipset = c->image.chipset, .tpm = c->image.tpm};
	int code;

	if (!flags)
		return vbc_fail_nomem(&op->error);
	code = vbc_IVirtualBox_createMachine(op, op->vbox, c->settings, c->vbox_name,
					     vbc_op_has(op, VBC_M_IMachine_getPlatform)
						     ? VBC_PlatformArchitecture_x86
						     : VBC_PlatformArchitecture_None,
					     groups, os, flags, "", "", "", &c->machine);
	if (!code && c->opts->serial)
		code = vbc_console_path(op, c->machine, &serial);
	if (!code)
		code = vbc_node_set_hardware(op, c->machine, &c->size, &platform, serial);
	if (!code)
		code = vbc_node_set_adapters(op, c->machine, c->id, c->opts, c->networks);
	if (!code && c->opts->display)
		code = vbc_display_set_new(op, c->machine, c->id, c->opts->display);
	if (!code && c->opts->description && c->opts->description[0])
		code = vbc_IMachine_setDescription(op, c->machine, c->opts->description);
	return code;
}

/* The snapshot's own time differs by the moment that VirtualBox takes to begin with it. */
static int node_take_marker(struct vbc_op *op, vbc_ref machine, int64_t *ret_created_ms)
{
	vbc_ref progress = {NULL};
	const char *id = "";
	int code = vbc_host_clock(op, ret_created_ms);

	if (!code)
		code = vbc_IMachine_takeSnapshot(op, machine, VBC_NODE_MARKER, "", true, &id,
						 &progress);
	return code ? code : vbc_progress_wait(op, progress, "creating", 1, AT_COPY);
}

/* Of an image the journal's entry says from the beginning what is linked to. */
static int node_link_disk(struct vbc_op *op, const struct vbc_new_node *c, vbc_ref *ret_disk)
{
	const char *base_id = "";
	int code = c->of ? vbc_IMedium_getId(op, c->image_medium, &base_id) : VBC_OK;

	if (!code && c->of)
		code = vbc_work_note(op, LINKED, base_id);
	return code ? code : vbc_medium_link(op, c->image_medium, c->disk, AT_COPY, ret_disk);
}

/* A full copy, or only what will differ; or an empty one. */
static int node_make_disk(struct vbc_op *op, const struct vbc_new_node *c, vbc_ref *ret_disk)
{
	uint64_t bytes = c->size.disk_gib * GIB;

	if (c->disc.file)
		return vbc_medium_create(op, c->disk, bytes, false, "making the disk", AT_START,
					 AT_START, ret_disk);
	if (bytes <= c->image.size_bytes)
		bytes = 0;
	return c->opts->linked ? node_link_disk(op, c, ret_disk)
			       : vbc_medium_copy(op, c->image_medium, c->disk, bytes,
						 "copying the disk", AT_COPY, AT_START, ret_disk);
}

/* What the snapshot has is linked to: the node may have got another disk since it was looked at. */
static int node_take_base(struct vbc_op *op, struct vbc_new_node *c)
{
	const char *description =
		vbc_arena_printf(&op->arena, "the disk of node '%s' is linked to this", c->name);
	vbc_ref snapshot = {NULL}, machine = {NULL};
	int code = description ? vbc_base_snapshot_take(op, c->of, c->id, description, AT_COPY,
							&snapshot)
			       : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_ISnapshot_getMachine(op, snapshot, &machine);
	return code ? code : vbc_node_disk(op, machine, &c->image_medium);
}

/* Of an image, or of a node that may run. */
static int node_copy_disk(struct vbc_op *op, struct vbc_new_node *c, vbc_ref *ret_disk)
{
	int code = VBC_OK;

	if (c->source_snapshot == VBC_SOURCE_SNAPSHOT_BASE)
		code = node_take_base(op, c);
	else if (c->source_snapshot == VBC_SOURCE_SNAPSHOT_TEMPORARY)
		code = vbc_temporary_take(op, c->of->machine, c->of->id, c->id, AT_COPY, AT_COPY);
	if (!code)
		code = node_make_disk(op, c, ret_disk);
	if (!code && c->source_snapshot == VBC_SOURCE_SNAPSHOT_TEMPORARY)
		code = vbc_temporary_delete(op, c->of->id, c->id, AT_START, AT_START);
	return code;
}

static int node_add_devices(struct vbc_op *op, struct vbc_new_node *c, vbc_ref machine)
{
	const struct vbc_storage_slot place = {.controller = VBC_NODE_CONTROLLER};
	const struct vbc_storage_slot drive = {.controller = VBC_NODE_CONTROLLER,
					       .port = VBC_SEED_PORT};
	const struct vbc_storage_slot installing = {.controller = VBC_NODE_CONTROLLER,
						    .port = VBC_INSTALL_PORT};
	vbc_ref disk = {NULL};
	int code = vbc_IMachine_setExtraData(op, machine, VBC_NODE_SIZE_KEY, c->size.id);

	if (!code && c->dmi)
		code = vbc_dmi_write(op, machine, c->dmi);
	if (!code)
		code = node_take_marker(op, machine, &c->created_ms);
	if (!code && c->seed.from)
		code = vbc_seed_create(op, &c->seed, machine);
	if (!code && c->disc.file)
		code = vbc_install_disc_create(op, &c->disc, AT_COPY, AT_START);
	if (!code)
		code = node_copy_disk(op, c, &disk);
	if (!code && c->disc.file)
		code = vbc_medium_insert(op, machine, &installing, c->disc.disc);
	if (!code && c->seed.from)
		code = vbc_medium_insert(op, machine, &drive, c->seed.disc);
	return code ? code : vbc_medium_attach(op, machine, &place, disk);
}

static int node_write_metadata(struct vbc_op *op, struct vbc_new_node *c)
{
	struct vbc_meta *VBC_META meta = c->of ? NULL : vbc_meta_new();
	int code = c->of ? vbc_node_meta(op, c->of, &meta) : VBC_OK; /* with its tags */

	if (!code && !meta)
		code = vbc_fail_nomem(&op->error);
	if (code)
		return code;
	vbc_meta_set_str(meta, "name", c->name);
	vbc_meta_set_str(meta, "vbox_name", c->vbox_name);
	vbc_meta_set_str(meta, "size", c->size.id);
	vbc_meta_set_str(meta, "image", c->image.id);
	if (!c->of)
		vbc_meta_set_str(meta, "username", c->image.username);
	vbc_meta_set_int(meta, "created_ms", c->created_ms);
	if (c->of)
		vbc_meta_set_str(meta, VBC_NODE_PROTECTED, "");
	for (size_t i = 0; i < c->opts->n_tags; i++)
		if (!vbc_meta_set_in(meta, VBC_NODE_TAGS, c->opts->tags[i].key,
				     vbc_tag_value(&c->opts->tags[i])))
			return vbc_fail_nomem(&op->error);
	c->recorded = vbc_meta_dump(op, meta);
	return c->recorded ? vbc_node_put_meta(op, c->id, meta) : vbc_fail_nomem(&op->error);
}

static int node_start_made(struct vbc_op *op, const struct vbc_new_node *c, struct vbc_lock *lock)
{
	const struct vbc_node_ref node = {.machine = c->machine, .id = c->id, .name = c->name};
	int code = vbc_node_launch(op, c->machine, lock, AT_START, AT_END);

	return code ? code : vbc_forward_started(op, &node, lock, true);
}

/* From the registered machine, which VirtualBox saves then, to the running node. */
static int node_finish_made(struct vbc_op *op, struct vbc_new_node *c, struct vbc_lock *lock)
{
	int code = vbc_IVirtualBox_registerMachine(op, op->vbox, c->machine);

	if (!code) /* from here on the machine itself counts */
		vbc_claim_drop(op, &c->claim);
	if (!code)
		code = vbc_lock_lock(op, c->machine, VBC_LockType_Write, lock);
	if (!code)
		code = node_add_devices(op, c, lock->machine);
	if (!code)
		code = vbc_lock_unlock(op, lock);
	if (!code)
		code = node_write_metadata(op, c);
	return code || c->opts->no_start ? code : node_start_made(op, c, lock);
}

static int node_make_whole(struct vbc_op *op, void *arg)
{
	struct vbc_new_node *c = arg;
	struct vbc_lock lock = {0};
	int code = node_make_machine(op, c);

	if (!code)
		code = vbc_lock_prepare_new(op, c->id, &lock);
	if (!code)
		code = node_finish_made(op, c, &lock);
	vbc_lock_drop(op, &lock);
	if (code)
		return code;
	return c->of ? vbc_node_read(op, c->machine, c->id, &c->node)
		     : vbc_node_read_made(op, c, &c->node);
}

static int node_make_journaled(struct vbc_op *op, struct vbc_new_node *c, struct vbc_meta *entry)
{
	const struct vbc_work work = {VBC_WORK_NEW, "node", c->id, entry, NULL};
	int code = vbc_work_run(op, &work, node_make_whole, c);

	return code ? vbc_error_prefix(&op->error, code, "cannot create node '%s'", c->name) : code;
}

static int node_check_origin(const struct vbc_node_create_opts *o, struct vbc_error *err)
{
	bool image = o->image && o->image[0];

	if (!image && !o->iso)
		return vbc_fail(err, VBC_E_ARG, "a node needs an image to be made from");
	if (image && o->iso)
		return vbc_fail(err, VBC_E_ARG,
				"a node is made from an image or installed from a disc, not both");
	if (o->iso && o->linked)
		return vbc_fail(err, VBC_E_ARG,
				"a node that is installed from a disc has nothing to be linked to");
	return VBC_OK;
}

/* What can be judged without a host is judged before one is asked. */
static int node_check_opts(const struct vbc_new_node *c, struct vbc_error *err)
{
	struct vbc_display_opts display;
	struct vbc_size size;
	int code = vbc_name_check("node", c->name, err);

	if (!code)
		code = node_check_origin(c->opts, err);
	if (!code && c->opts->serial && c->opts->serial_file)
		code = vbc_fail(err, VBC_E_ARG,
				"the first serial port is written to one file: either to the "
				"node's own or to the one that is named");
	if (!code)
		code = vbc_node_check_adapters(c->opts, err);
	if (!code && c->opts->display)
		code = vbc_display_opts_read(c->opts->display, &display, err);
	for (size_t i = 0; !code && i < c->opts->n_tags; i++)
		code = vbc_tag_check(c->opts->tags[i].key, c->opts->tags[i].value, err);
	if (code || !c->opts->node_size)
		return code;
	return vbc_size_parse_parts(c->opts->node_size, &size, err);
}

static int node_claim_room(struct vbc_op *op, struct vbc_new_node *c)
{
	const struct vbc_claim_for what = {.id = c->id,
					   .cpus = c->size.cpus,
					   .memory_mib = c->size.ram_mib,
					   .disk_gib = c->size.disk_gib,
					   .tags = c->opts->tags,
					   .n_tags = c->opts->n_tags};

	return vbc_claim_take(op, &what, c->opts->within, &c->claim);
}

int vbc_node_make(struct vbc_op *op, struct vbc_new_node *c)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? node_prepare_create(op, c) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	vbc_meta_set_str(entry, "settings", c->settings);
	vbc_meta_set_str(entry, "disk", c->disk);
	vbc_meta_set_str(entry, "image", c->image.location);
	if (c->opts->linked && !c->of)
		vbc_meta_set_str(entry, LINKED, c->image.id);
	if (c->source_snapshot)
		vbc_meta_set_str(entry,
				 c->source_snapshot == VBC_SOURCE_SNAPSHOT_BASE ? "base" : "held",
				 c->of->id);
	if (c->disc.file)
		code = vbc_install_disc_begin(op, &c->disc,
					      vbc_path_parent(&op->arena, c->settings), entry);
	if (!code && c->seed.from)
		code = vbc_seed_begin(op, &c->seed, entry);
	if (!code && c->opts->within)
		code = node_claim_room(op, c);
	if (!code)
		code = node_make_journaled(op, c, entry);
	vbc_claim_drop(op, &c->claim);
	return code;
}

static int node_find_origin(struct vbc_op *op, struct vbc_new_node *c)
{
	if (!c->disc.file)
		return vbc_image_find_source(op, c->opts->image, &c->image, &c->image_medium);
	c->image = (struct vbc_image){.id = "",
				      .name = "",
				      .location = "",
				      .os_type = "",
				      .username = "",
				      .firmware = "",
				      .chipset = "",
				      .tpm = ""};
	return VBC_OK;
}

static int node_create_body(struct vbc_op *op, void *arg)
{
	struct vbc_new_node *c = arg;
	int code = node_find_origin(op, c);

	op->progress.what = "creating";
	if (!code)
		code = vbc_node_choose_size(op, c->opts, &c->image, &c->size);
	if (!code)
		code = vbc_size_for_host(op, c->size.id, NULL, &c->size);
	if (!code && c->opts->os_type) {
		c->image.os_type = c->opts->os_type;
		code = vbc_image_check_os_type(op, c->opts->os_type);
	}
	if (!code && c->opts->firmware) {
		c->image.firmware = c->opts->firmware;
		code = vbc_firmware_check_host(op, c->opts->firmware);
	}
	if (!code && !c->disc.file)
		code = vbc_node_check_image(op, c);
	if (!code && c->opts->linked)
		code = vbc_borrowed_refuse(op, c->image.id, c->image.name);
	return code ? code : vbc_node_make(op, c);
}

/* What the options point at, beside the disc, is taken over. */
static int node_take_opts(struct vbc_new_node *c, struct vbc_first_boot *first_boot,
			  struct vbc_error *err)
{
	int code = node_check_opts(c, err);

	if (!code && c->opts->firmware)
		code = vbc_firmware_check(c->opts->firmware, err);
	if (!code && c->opts->first_boot) {
		code = vbc_seed_take(c->opts->first_boot, first_boot, err);
		c->first_boot = first_boot;
	}
	return code;
}

int vbc_node_create_check(const char *name, const struct vbc_node_create_opts *opts,
			  struct vbc_error *err)
{
	if (vbc_lacks(err, name))
		return VBC_E_ARG;

	struct vbc_node_create_opts o = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_new_node c = {.name = name, .opts = &o};
	struct vbc_first_boot first_boot;

	vbc_opts_read(&o, opts);
	return node_take_opts(&c, &first_boot, err);
}

int vbc_node_create(struct vbc_host *host, const char *name,
		    const struct vbc_node_create_opts *opts, const struct vbc_wait *wait,
		    struct vbc_node **ret_node, struct vbc_error *err)
{
	if (vbc_lacks(err, host, name, ret_node))
		return VBC_E_ARG;

	struct vbc_node_create_opts o = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_new_node c = {.name = name, .opts = &o};
	struct vbc_first_boot first_boot;
	int code;

	vbc_opts_read(&o, opts);
	code = node_take_opts(&c, &first_boot, err);
	if (!code && o.iso)
		code = vbc_install_disc_take(o.iso, &c.disc, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, node_create_body, &c);
	vbc_install_disc_close(&c.disc);
	if (!code)
		*ret_node = c.node;
	return code;
}

int vbc_node_create_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *settings = vbc_meta_str(entry, "settings"), *disk = vbc_meta_str(entry, "disk");
	const char *copy = vbc_meta_str(entry, VBC_MEDIUM_PROGRESS);
	const char *held = vbc_meta_str(entry, "held"), *base = vbc_meta_str(entry, "base");
	const char *image = vbc_meta_str(entry, "image"), *linked = vbc_meta_str(entry, LINKED);
	struct vbc_lock lock = {0};
	vbc_ref machine = {NULL};
	int code = vbc_lock_prepare(op, id, &lock);

	if (!code)
		code = vbc_seed_undo(op, entry, NULL);
	if (!code)
		code = vbc_install_disc_undo(op, entry);
	if (!code)
		code = vbc_node_registered(op, id, &machine);
	/* The copy may have begun, and would make its disk anew after we removed it. A link is the
	 * work of the new disk, a copy that of the image. */
	if (!code && !vbc_ref_is_null(machine) && !copy[0] && image[0])
		code = vbc_medium_wait_idle(op, linked[0] ? disk : image);
	if (!code)
		code = linked[0] ? vbc_medium_wipe_linked(op, linked, image, disk, copy)
				 : vbc_medium_wipe(op, disk, copy);
	if (!code)
		code = vbc_ref_is_null(machine)
			       ? vbc_machine_remove_files(op, settings, VBC_SETTINGS_READABLE)
			       : vbc_node_remove(op, machine, NULL, &lock);
	vbc_lock_drop(op, &lock);
	if (!code)
		code = vbc_install_disc_forget(op, entry);
	/* Not before the disk that may be linked to the snapshot is gone. */
	if (!code && held[0])
		code = vbc_temporary_delete(op, held, id, 0, 100);
	if (!code && base[0])
		code = vbc_base_snapshot_undo(op, base, id);
	return code ? code : vbc_node_forget(op, id);
}
