/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/seed-disc.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/medium-remove.h"
#include "host/file.h"
#include "host/keys.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

int vbc_seed_open(struct vbc_op *op, const char *path, vbc_ref *ret)
{
	return vbc_IVirtualBox_openMedium(op, op->vbox, path, VBC_DeviceType_DVD,
					  VBC_AccessMode_ReadOnly, false, ret);
}

/*
 * Deletes a disc that VirtualBox knows or can open; *ret_used when a machine has it, now or in a
 * snapshot, and it stays. False when there is no such disc.
 */
static bool seed_delete_disc(struct vbc_op *op, const char *path, bool *ret_used)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_strs machines = {0};
	vbc_ref disc = {NULL};
	bool done = false;

	*ret_used = false;
	if (!vbc_seed_open(op, path, &disc) && !vbc_IMedium_getMachineIds(op, disc, &machines)) {
		*ret_used = machines.n > 0;
		done = *ret_used || !vbc_medium_delete(op, disc);
	}
	if (!done && !vbc_ref_is_null(disc))
		vbc_IMedium_close(op, disc); /* its file is removed as any other */
	return done;
}

int vbc_seed_wipe(struct vbc_op *op, const char *path, bool *ret_used)
{
	bool used, done = seed_delete_disc(op, path, &used);

	if (ret_used)
		*ret_used = used;
	return done ? VBC_OK : vbc_medium_wipe(op, path, "");
}

int vbc_disc_drop(struct vbc_op *op, const char *node_id, const char *path)
{
	struct vbc_meta *VBC_META kept = NULL;
	bool used = false;
	int code = vbc_seed_wipe(op, path, &used);

	if (code || !used)
		return code;
	kept = vbc_meta_new();
	if (!kept)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(kept, "kept", vbc_path_base(path));
	return vbc_meta_put(op, VBC_SEED_KIND, node_id, kept);
}

/* Whether a file in a node's folder is named as seeds are. */
static bool seed_is_named_so(const char *path)
{
	return vbc_starts_with(vbc_path_base(path), VBC_SEED_FILE) &&
	       vbc_ends_with(path, VBC_SEED_SUFFIX);
}

bool vbc_disc_is(const char *path)
{
	return seed_is_named_so(path) || streq(vbc_path_base(path), VBC_INSTALL_FILE);
}

static bool seed_lies_in(const char *path, const char *folder)
{
	return vbc_path_in(path, folder, true) && seed_is_named_so(path);
}

int vbc_disc_find(struct vbc_op *op, vbc_ref machine, const char *folder, bool seed,
		  struct vbc_storage_slot *ret_drive, const char **ret_path)
{
	struct vbc_IMediumAttachment_array all = {0};
	const char *found = "";
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);

	for (size_t i = 0; !code && i < all.n && !found[0]; i++) {
		const char *location = "";

		if (all.v[i].type != VBC_DeviceType_DVD || vbc_ref_is_null(all.v[i].medium))
			continue;
		code = vbc_IMedium_getLocation(op, all.v[i].medium, &location);
		if (code || seed_lies_in(location, folder) != seed)
			continue;
		*ret_drive = vbc_storage_slot_of(&all.v[i]);
		found = location;
	}
	if (!code)
		*ret_path = found;
	return code;
}

/* The paths of all discs in the drives of a machine. */
static int seed_list_inserted(struct vbc_op *op, vbc_ref machine, struct vbc_strs *ret)
{
	struct vbc_IMediumAttachment_array all = {0};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);
	const char **paths = VBC_ARENA_ARRAY(&op->arena, const char *, all.n);
	size_t n = 0;

	if (!code && !paths)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < all.n; i++)
		if (all.v[i].type == VBC_DeviceType_DVD && !vbc_ref_is_null(all.v[i].medium))
			code = vbc_IMedium_getLocation(op, all.v[i].medium, &paths[n++]);
	*ret = (struct vbc_strs){.n = n, .v = paths};
	return code;
}

int vbc_seed_wipe_all(struct vbc_op *op, const char *folder, vbc_ref machine)
{
	struct vbc_strs names = {0}, inserted = {0};
	int code = vbc_host_file_list(op, folder, &names);

	if (!code && !vbc_ref_is_null(machine))
		code = seed_list_inserted(op, machine, &inserted);
	for (size_t i = 0; !code && i < names.n; i++) {
		const char *path = vbc_path_join(&op->arena, folder, names.v[i]);
		bool used;

		if (!path)
			return vbc_fail_nomem(&op->error);
		if (!vbc_path_in(path, folder, true) || !vbc_disc_is(path) ||
		    vbc_strs_has(&inserted, path))
			continue;
		if (!seed_delete_disc(op, path, &used) || used)
			code = vbc_host_file_remove(op, path);
	}
	return code;
}

bool vbc_seed_has_old(const struct vbc_op *op, const char *node_id)
{
	struct vbc_strs keys = vbc_host_keys_known(op);

	for (size_t i = 0; i < keys.n; i++)
		if (vbc_starts_with(keys.v[i], "libcloud/" VBC_SEED_KIND "/") &&
		    vbc_ends_with(keys.v[i], node_id))
			return true;
	return false;
}
