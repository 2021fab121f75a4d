/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disk that is a node's own.
 */
#include "folders.h"
#include "node-private.h"
#include "str.h"

/* Whether a disk is a volume, or what a snapshot has put on top of one. */
static int is_volume(struct vbc_op *op, vbc_ref disk, bool *ret)
{
	struct vbc_folders folders;
	const char *path = "";
	vbc_ref base = {NULL};
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_IMedium_getBase(op, disk, &base);
	if (!code)
		code = vbc_IMedium_getLocation(op, base, &path);
	if (!code)
		*ret = vbc_path_in(path, folders.volumes, true);
	return code;
}

int vbc_node_disk(struct vbc_op *op, vbc_ref machine, vbc_ref *ret_disk)
{
	struct vbc_IMediumAttachment_array all = {0};
	int code = vbc_IMachine_getMediumAttachments(op, machine, &all);

	for (size_t i = 0; !code && i < all.n; i++) {
		const struct vbc_IMediumAttachment *at = &all.v[i];
		bool volume = false;

		if (at->type != VBC_DeviceType_HardDisk || vbc_ref_is_null(at->medium))
			continue;
		code = is_volume(op, at->medium, &volume);
		if (!code && !volume) {
			*ret_disk = at->medium;
			return VBC_OK;
		}
	}
	/* In the words of the original driver. */
	return code ? code : vbc_fail(&op->error, VBC_E_STATE, "Node has no attached disk.");
}
