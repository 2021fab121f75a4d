/* SPDX-License-Identifier: Apache-2.0 */
#include "host/folders.h"

#include <string.h>

#include "base/str.h"
#include "host/known.h"

static bool is_windows(const char *path)
{
	return strchr(path, '\\') != NULL && path[0] != '/';
}

const char *vbc_path_join(struct vbc_op *op, const char *folder, const char *name)
{
	const char *separator = is_windows(folder) ? "\\" : "/";

	if (vbc_ends_with(folder, separator))
		separator = "";
	return vbc_arena_printf(&op->arena, "%s%s%s", folder, separator, name);
}

const char *vbc_path_settings(struct vbc_op *op, const struct vbc_folders *folders, const char *id)
{
	const char *folder = vbc_path_join(op, folders->machines, id);
	const char *file = vbc_arena_printf(&op->arena, "%s.vbox", id);

	return folder && file ? vbc_path_join(op, folder, file) : NULL;
}

/* Whether a part of the path leads upwards: VirtualBox keeps such paths as they were given. */
static bool climbs(const char *path, char separator)
{
	for (const char *at = path; at; at = strchr(at, separator)) {
		at += *at == separator;
		if (at[0] == '.' && at[1] == '.' && (!at[2] || at[2] == separator))
			return true;
	}
	return false;
}

bool vbc_path_in(const char *path, const char *folder, bool direct)
{
	char separator = is_windows(folder) ? '\\' : '/';
	size_t n = strlen(folder);

	while (n && folder[n - 1] == separator)
		n--;
	if (strncmp(path, folder, n) != 0 || path[n] != separator || !path[n + 1] ||
	    climbs(path + n + 1, separator))
		return false;
	return !direct || !strchr(path + n + 1, separator);
}

bool vbc_path_in_library(const char *path, const struct vbc_folders *folders)
{
	return vbc_path_in(path, folders->images, false) ||
	       vbc_path_in(path, folders->volumes, false) ||
	       vbc_path_in(path, folders->snapshots, false) ||
	       vbc_path_in(path, folders->uploads, false);
}

bool vbc_path_is_absolute(const char *path)
{
	return path[0] == '/' || vbc_starts_with(path, "\\\\") ||
	       (path[0] && path[1] == ':' && path[2] == '\\');
}

const char *vbc_path_base(const char *path)
{
	const char *slash = strrchr(path, '/'), *backslash = strrchr(path, '\\');
	const char *last = backslash > slash && is_windows(path) ? backslash : slash;

	return last ? last + 1 : path;
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
	f.images = vbc_path_join(op, f.machines, "images");
	f.volumes = vbc_path_join(op, f.machines, "volumes");
	f.snapshots = vbc_path_join(op, f.machines, "snapshots");
	f.uploads = vbc_path_join(op, f.machines, "uploads");
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
