/* SPDX-License-Identifier: Apache-2.0 */
#include "host/folders.h"

#include "base/path.h"
#include "host/known.h"

const char *vbc_path_settings(struct vbc_op *op, const struct vbc_folders *folders, const char *id)
{
	const char *folder = vbc_path_join(&op->arena, folders->machines, id);
	const char *file = vbc_arena_printf(&op->arena, "%s.vbox", id);

	return folder && file ? vbc_path_join(&op->arena, folder, file) : NULL;
}

bool vbc_path_in_library(const char *path, const struct vbc_folders *folders)
{
	return vbc_path_in(path, folders->images, false) ||
	       vbc_path_in(path, folders->volumes, false) ||
	       vbc_path_in(path, folders->snapshots, false) ||
	       vbc_path_in(path, folders->uploads, false);
}

int vbc_folders_get(struct vbc_op *op, struct vbc_folders *ret)
{
	struct vbc_known known = vbc_known(op);
	struct vbc_folders f = {0}, *kept;
	vbc_ref properties = {NULL};
	int code;

	if (known.folders) {
		*ret = *known.folders;
		return VBC_OK;
	}
	code = vbc_IVirtualBox_getSystemProperties(op, op->vbox, &properties);
	if (!code)
		code = vbc_ISystemProperties_getDefaultMachineFolder(op, properties, &f.machines);
	if (code)
		return code;
	f.images = vbc_path_join(&op->arena, f.machines, "images");
	f.volumes = vbc_path_join(&op->arena, f.machines, "volumes");
	f.snapshots = vbc_path_join(&op->arena, f.machines, "snapshots");
	f.uploads = vbc_path_join(&op->arena, f.machines, "uploads");
	kept = VBC_ARENA_NEW(&op->arena, struct vbc_folders);
	if (!f.images || !f.volumes || !f.snapshots || !f.uploads || !kept)
		return vbc_fail_nomem(&op->error);
	*kept = f;
	known.folders = kept;
	code = vbc_known_set(op, &known);
	if (!code)
		*ret = f;
	return code;
}
