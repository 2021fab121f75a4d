/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teleport-disks.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/bases.h"
#include "disk/kinds.h"
#include "disk/machine-folder.h"
#include "disk/medium.h"
#include "disk/recorded.h"
#include "disk/seed-disc.h"
#include "host/folders.h"
#include "host/tree.h"
#include "image/lent.h"
#include "machine/name.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

/* In the journals: by the volume's or the image's id its metadata and its path, in that of the
 * target only of images that are borrowed; the node's metadata of old seeds. */
#define VOLUMES "volumes"
#define PLACES  "places"
#define IMAGES  "images"
#define NAMES   "image_names" /* their metadata */
#define SEEDS   "seeds"
#define CHAIN   "chain" /* the paths of its disks, each behind the one it is built on */

/* Of disks in a folder's reach that is not only the node's: in it and where its snapshots are. */
static bool disk_is_beside(struct vbc_op *op, const char *folder, const char *path)
{
	const char *snapshots = vbc_arena_printf(&op->arena, "%s%s", folder, VBC_MACHINE_SNAPSHOTS);

	return vbc_path_in(path, folder, true) || (snapshots && vbc_path_in(path, snapshots, true));
}

/*
 * Whether a disk is the node's by where it lies. A node of another tool may have its settings in
 * the machine folder itself, where all nodes are, and all images and volumes.
 */
static bool teleport_is_own(struct vbc_op *op, const struct vbc_folders *folders,
			    const char *folder, const char *path)
{
	if (vbc_path_in(path, folders->images, false) ||
	    vbc_path_in(path, folders->volumes, false) ||
	    vbc_path_in(path, folders->snapshots, false) ||
	    vbc_path_in(path, folders->uploads, false))
		return false;
	return vbc_path_in(folders->images, folder, false) ? disk_is_beside(op, folder, path)
							   : vbc_path_in(path, folder, false);
}

struct search {
	struct vbc_op *op;
	const char *id; /* the node's */
	struct vbc_folders folders;
	struct vbc_meta *entry;
};

static int teleport_fail_shared(const struct search *s, const char *what, const char *name,
				const char *machine_id)
{
	vbc_ref machine = {NULL};
	const char *node = "";
	int code = vbc_IVirtualBox_findMachine(s->op, s->op->vbox, machine_id, &machine);

	if (!code)
		code = vbc_node_name(s->op, machine, machine_id, &node);
	return code ? code
		    : vbc_fail(&s->op->error, VBC_E_STATE,
			       "%s%s belongs to node '%s' (%s) too, and stays", what, name, node,
			       machine_id);
}

/* The first of the machines that is another. */
static const char *teleport_other_owner(const struct vbc_strs *machines, const char *id)
{
	for (size_t i = 0; i < machines->n; i++)
		if (!streq(machines->v[i], id))
			return machines->v[i];
	return NULL;
}

static int teleport_note_volume(const struct search *s, const struct vbc_disk *disk)
{
	const char *other = teleport_other_owner(&disk->machines, s->id),
		   *name = vbc_disk_name(s->op, disk);

	if (!name)
		return vbc_fail_nomem(&s->op->error);
	if (other)
		return teleport_fail_shared(s, "volume ", name, other);
	return vbc_meta_set_in(s->entry, VOLUMES, disk->id, disk->json) &&
			       vbc_meta_set_in(s->entry, PLACES, disk->id, disk->location)
		       ? VBC_OK
		       : vbc_fail_nomem(&s->op->error);
}

/* Also those that only a snapshot has. */
static int teleport_find_volumes(const struct search *s)
{
	struct vbc_disk *disks = NULL;
	size_t n = 0;
	int code =
		vbc_disk_query(s->op, VBC_VOLUME_KIND, (vbc_ref){NULL}, VBC_DISK_USE, &disks, &n);

	for (size_t i = 0; !code && i < n; i++)
		if (vbc_strs_has(&disks[i].machines, s->id))
			code = teleport_note_volume(s, &disks[i]);
	return code;
}

static int teleport_note_image(const struct search *s, vbc_ref image, const char *path)
{
	const char *id = "", *key, *json = "";
	int code = vbc_IMedium_getId(s->op, image, &id);

	if (code)
		return code;
	key = vbc_meta_key(s->op, VBC_IMAGE_KIND, id);
	code = key ? vbc_IVirtualBox_getExtraData(s->op, s->op->vbox, key, &json)
		   : vbc_fail_nomem(&s->op->error);
	if (code)
		return code;
	return vbc_meta_set_in(s->entry, IMAGES, id, path) &&
			       vbc_meta_set_in(s->entry, NAMES, id, json)
		       ? VBC_OK
		       : vbc_fail_nomem(&s->op->error);
}

/* A disk's path; none of these may be another machine's. */
static int teleport_get_own_path(const struct search *s, vbc_ref disk, const char **ret_path)
{
	struct vbc_strs machines = {0};
	const char *other;
	int code = vbc_IMedium_getLocation(s->op, disk, ret_path);

	if (!code)
		code = vbc_IMedium_getMachineIds(s->op, disk, &machines);
	other = teleport_other_owner(&machines, s->id);
	return code || !other ? code : teleport_fail_shared(s, "disk ", *ret_path, other);
}

/* From a disk down to the one that all are built on. */
static int disk_look_below(const struct search *s, vbc_ref disk)
{
	const char *path = "";
	vbc_ref parent = disk;
	unsigned depth = 0;
	int code = VBC_OK;

	for (; !code && !vbc_ref_is_null(parent); depth++) {
		disk = parent;
		code = vbc_tree_check(s->op, 0, depth);
		if (!code)
			code = teleport_get_own_path(s, disk, &path);
		if (!code)
			code = vbc_IMedium_getParent(s->op, disk, &parent);
	}
	if (code || !vbc_path_in(path, s->folders.images, true))
		return code;
	return depth > 1 ? teleport_note_image(s, disk, path)
			 : vbc_fail(&s->op->error, VBC_E_STATE,
				    "image %s itself is one of its disks; detach it first", path);
}

/* Of the node now, or of one of its snapshots. */
static int teleport_walk_disks(const struct search *s, vbc_ref machine)
{
	struct vbc_IMediumAttachment_array at = {0};
	int code = vbc_IMachine_getMediumAttachments(s->op, machine, &at);

	for (size_t i = 0; !code && i < at.n; i++)
		if (at.v[i].type == VBC_DeviceType_HardDisk && !vbc_ref_is_null(at.v[i].medium))
			code = disk_look_below(s, at.v[i].medium);
	return code;
}

static int teleport_walk_tree(const struct search *s, vbc_ref root)
{
	struct vbc_tree tree = {.n = 0};
	int code = vbc_tree_read(s->op, VBC_M_ISnapshot_getChildren, root, &tree);

	for (struct vbc_branch *b = tree.first; !code && b; b = b->next) {
		vbc_ref machine = {NULL};

		code = vbc_ISnapshot_getMachine(s->op, b->ref, &machine);
		if (!code)
			code = teleport_walk_disks(s, machine);
	}
	return code;
}

static int teleport_walk_snapshots(const struct search *s, vbc_ref machine)
{
	uint32_t count = 0;
	vbc_ref root = {NULL};
	int code = vbc_IMachine_getSnapshotCount(s->op, machine, &count);

	if (!code && count)
		code = vbc_IMachine_findSnapshot(s->op, machine, "", &root);
	return code || !count ? code : teleport_walk_tree(s, root);
}

struct pairs {
	struct vbc_strs names, values;
};

static int teleport_read_pairs(struct vbc_op *op, const struct vbc_meta *entry, const char *key,
			       struct pairs *ret)
{
	return vbc_meta_pairs(op, entry, key, &ret->names, &ret->values)
		       ? VBC_OK
		       : vbc_fail_nomem(&op->error);
}

/* The node's own disks, and those that they are built on; that is how vbc_medium_all() sorts them.
 */
static int teleport_find_chain(const struct search *s, const char *settings)
{
	const char *folder = vbc_path_parent(&s->op->arena, settings), **paths = NULL;
	struct pairs images = {.names.n = 0}, places = {.names.n = 0};
	struct vbc_refs disks = {0};
	int code = folder ? vbc_medium_all(s->op, &disks) : vbc_fail_nomem(&s->op->error);

	if (!code)
		code = vbc_medium_locations(s->op, &disks, &paths);
	if (!code)
		code = teleport_read_pairs(s->op, s->entry, IMAGES, &images);
	if (!code)
		code = teleport_read_pairs(s->op, s->entry, PLACES, &places);
	for (size_t i = disks.n; !code && i-- > 0;) {
		const char *at = vbc_arena_printf(&s->op->arena, "%06zu", disks.n - i);

		if (!paths[i] || !(teleport_is_own(s->op, &s->folders, folder, paths[i]) ||
				   vbc_strs_has(&images.values, paths[i]) ||
				   vbc_strs_has(&places.values, paths[i])))
			continue;
		if (!at || !vbc_meta_set_in(s->entry, CHAIN, at, paths[i]))
			code = vbc_fail_nomem(&s->op->error);
	}
	return code;
}

int vbc_teleport_find_disks(struct vbc_op *op, vbc_ref machine, const char *id,
			    const char *settings, struct vbc_meta *entry)
{
	struct search s = {.op = op, .id = id, .entry = entry};
	const char *key = vbc_meta_key(op, VBC_SEED_KIND, id), *seeds = "";
	int code = key ? vbc_folders_get(op, &s.folders) : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_node_check_bases(op, machine, id, true);
	if (!code)
		code = teleport_walk_disks(&s, machine);
	if (!code)
		code = teleport_walk_snapshots(&s, machine);
	if (!code)
		code = teleport_find_volumes(&s);
	if (!code)
		code = teleport_find_chain(&s, settings);
	if (!code && vbc_seed_has_old(op, id))
		code = vbc_IVirtualBox_getExtraData(op, op->vbox, key, &seeds);
	if (!code)
		vbc_meta_set_str(entry, SEEDS, seeds);
	return code;
}

static int teleport_copy_pairs(struct vbc_op *op, const char *key, const struct vbc_meta *from,
			       struct vbc_meta *to)
{
	struct pairs all = {.names.n = 0};
	int code = teleport_read_pairs(op, from, key, &all);

	for (size_t i = 0; !code && i < all.names.n; i++)
		if (!vbc_meta_set_in(to, key, all.names.v[i], all.values.v[i]))
			code = vbc_fail_nomem(&op->error);
	return code;
}

/*
 * An image of which something is recorded here is this host's own, unless it is borrowed already;
 * so is one that this host has lent.
 */
static int teleport_sort_images(struct vbc_op *op, const struct vbc_strs *keys,
				const struct vbc_meta *from, struct vbc_meta *to)
{
	struct pairs images = {.names.n = 0}, names = {.names.n = 0};
	struct vbc_strs own = {0}, lent = {0}, borrowed = {0};
	int code = teleport_read_pairs(op, from, IMAGES, &images);

	if (!code)
		code = teleport_read_pairs(op, from, NAMES, &names);
	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_IMAGE_KIND, &own);
	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_LENT_KIND, &lent);
	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_BORROWED_KIND, &borrowed);
	for (size_t i = 0; !code && i < images.names.n && i < names.names.n; i++) {
		const char *id = images.names.v[i];

		if (!vbc_lent_node(&borrowed, id) &&
		    (vbc_strs_has(&own, id) || vbc_lent_node(&lent, id)))
			continue;
		if (!vbc_meta_set_in(to, IMAGES, id, images.values.v[i]) ||
		    !vbc_meta_set_in(to, NAMES, id, names.values.v[i]))
			code = vbc_fail_nomem(&op->error);
	}
	return code;
}

int vbc_teleport_tell_disks(struct vbc_op *op, const struct vbc_strs *keys,
			    const struct vbc_meta *from, struct vbc_meta *to)
{
	int code = teleport_copy_pairs(op, VOLUMES, from, to);

	if (!code)
		code = teleport_sort_images(op, keys, from, to);

	vbc_meta_set_str(to, SEEDS, vbc_meta_str(from, SEEDS));
	return code ? code : teleport_copy_pairs(op, PLACES, from, to);
}

static void teleport_forget_volume(struct vbc_op *op, const char *path)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref disk = {NULL};

	if (!vbc_medium_known(op, path, &disk) && !vbc_ref_is_null(disk))
		vbc_IMedium_close(op, disk);
}

void vbc_teleport_forget_volumes(struct vbc_op *op, const struct vbc_meta *entry)
{
	struct pairs places = {.names.n = 0};
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (!teleport_read_pairs(op, entry, PLACES, &places))
		for (size_t i = 0; i < places.values.n; i++)
			teleport_forget_volume(op, places.values.v[i]);
}

static int teleport_forget_own(struct vbc_op *op, const char *settings)
{
	const char *folder = vbc_path_parent(&op->arena, settings), **locations = NULL;
	struct vbc_folders folders;
	struct vbc_refs disks = {0};
	int code = folder ? vbc_folders_get(op, &folders) : vbc_fail_nomem(&op->error);

	if (code || !folder[0])
		return code;
	code = vbc_medium_all(op, &disks);
	if (!code)
		code = vbc_medium_locations(op, &disks, &locations);
	for (size_t i = 0; !code && i < disks.n; i++)
		if (locations[i] && teleport_is_own(op, &folders, folder, locations[i]))
			vbc_IMedium_close(op, disks.v[i]);
	return code;
}

void vbc_teleport_forget_own(struct vbc_op *op, const struct vbc_meta *entry)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	teleport_forget_own(op, vbc_meta_str(entry, VBC_TELEPORT_SETTINGS));
}

void vbc_teleport_forget_borrowed(struct vbc_op *op, const struct vbc_meta *entry)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct pairs images = {.names.n = 0};
	struct vbc_strs ids = {0};
	bool closed = false;
	int code = teleport_read_pairs(op, entry, IMAGES, &images);

	if (!code && images.names.n)
		code = vbc_meta_ids(op, VBC_BORROWED_KIND, &ids);
	for (size_t i = 0; !code && i < images.names.n; i++)
		if (!vbc_lent_node(&ids, images.names.v[i]))
			vbc_borrowed_close(op, images.values.v[i], &closed);
}

int vbc_teleport_check_volumes(struct vbc_op *op, const struct vbc_meta *entry)
{
	struct pairs places = {.names.n = 0};
	struct vbc_folders folders;
	int code = teleport_read_pairs(op, entry, PLACES, &places);

	if (!code && places.names.n)
		code = vbc_folders_get(op, &folders);
	for (size_t i = 0; !code && i < places.values.n; i++)
		if (!vbc_path_in(places.values.v[i], folders.volumes, true))
			code = vbc_fail(&op->error, VBC_E_STATE,
					"its volume %s would not be a volume on the other host, "
					"which has its volumes in %s; detach it first, or give "
					"both hosts the same machine folder",
					places.values.v[i], folders.volumes);
	return code;
}

int vbc_teleport_open_disks(struct vbc_op *op, const struct vbc_meta *entry)
{
	struct pairs chain = {.names.n = 0};
	vbc_ref disk = {NULL};
	int code = teleport_read_pairs(op, entry, CHAIN, &chain);

	for (size_t i = 0; !code && i < chain.values.n; i++)
		code = vbc_medium_open(op, chain.values.v[i], VBC_AccessMode_ReadWrite, &disk);
	return code;
}

static int teleport_put_json(struct vbc_op *op, const char *kind, const char *id, const char *json)
{
	const char *key = vbc_meta_key(op, kind, id);

	return key ? vbc_IVirtualBox_setExtraData(op, op->vbox, key, json)
		   : vbc_fail_nomem(&op->error);
}

static int teleport_borrow_images(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *settings = vbc_meta_str(entry, VBC_TELEPORT_SETTINGS);
	struct pairs images = {.names.n = 0}, names = {.names.n = 0};
	int code = teleport_read_pairs(op, entry, IMAGES, &images);

	if (!code)
		code = teleport_read_pairs(op, entry, NAMES, &names);
	for (size_t i = 0; !code && i < images.names.n && i < names.names.n; i++) {
		code = vbc_borrowed_put(op, images.names.v[i], id, settings, images.values.v[i]);
		if (!code && names.values.v[i][0])
			code = teleport_put_json(op, VBC_IMAGE_KIND, names.names.v[i],
						 names.values.v[i]);
	}
	return code;
}

int vbc_teleport_take_disks(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	struct pairs volumes = {.names.n = 0};
	struct vbc_strs keys = {0};
	const char *seeds = vbc_meta_str(entry, SEEDS);
	int code = teleport_read_pairs(op, entry, VOLUMES, &volumes);

	for (size_t i = 0; !code && i < volumes.names.n; i++)
		if (volumes.values.v[i][0])
			code = teleport_put_json(op, VBC_VOLUME_KIND, volumes.names.v[i],
						 volumes.values.v[i]);
	if (!code && seeds[0])
		code = teleport_put_json(op, VBC_SEED_KIND, id, seeds);
	if (!code)
		code = teleport_borrow_images(op, id, entry);
	if (!code)
		code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);
	return code ? code : vbc_lent_drop(op, &keys, id);
}

/* What was deleted meanwhile, or cannot be read now, is not opened; its record says who needs it.
 */
static void image_reopen(struct vbc_op *op, const char *path)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref image = {NULL};

	if (vbc_medium_open(op, path, VBC_AccessMode_ReadWrite, &image))
		vbc_op_log(op, 0,
			   "image %s could not be opened again after the teleport of a node "
			   "that is linked to it: %s",
			   path, op->error.text);
}

/* A host that has borrowed an image has none to lend. */
static int teleport_leave_image(struct vbc_op *op, const struct vbc_strs *borrowed,
				const char *image, const char *path, const char *id,
				const char *settings)
{
	int code;

	if (vbc_lent_node(borrowed, image))
		return vbc_borrowed_end(op, image, id, path);
	code = vbc_lent_put(op, image, id, settings);
	if (!code)
		image_reopen(op, path);
	return code;
}

static int teleport_leave_images(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *settings = vbc_meta_str(entry, VBC_TELEPORT_SETTINGS);
	struct pairs images = {.names.n = 0};
	struct vbc_strs borrowed = {0};
	int code = teleport_read_pairs(op, entry, IMAGES, &images);

	if (!code && images.names.n)
		code = vbc_meta_ids(op, VBC_BORROWED_KIND, &borrowed);
	for (size_t i = 0; !code && i < images.names.n; i++)
		code = teleport_leave_image(op, &borrowed, images.names.v[i], images.values.v[i],
					    id, settings);
	return code;
}

int vbc_teleport_leave_disks(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	struct pairs volumes = {.names.n = 0};
	int code = teleport_read_pairs(op, entry, VOLUMES, &volumes);

	vbc_teleport_forget_volumes(op, entry);
	for (size_t i = 0; !code && i < volumes.names.n; i++)
		code = vbc_meta_delete(op, VBC_VOLUME_KIND, volumes.names.v[i]);
	return code ? code : teleport_leave_images(op, id, entry);
}
