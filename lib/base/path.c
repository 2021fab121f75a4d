/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"

bool vbc_path_is_windows(const char *path)
{
	return strchr(path, '\\') != NULL && path[0] != '/';
}

const char *vbc_path_join(struct vbc_arena *a, const char *folder, const char *name)
{
	const char *separator = vbc_path_is_windows(folder) ? "\\" : "/";

	if (vbc_ends_with(folder, separator))
		separator = "";
	return vbc_arena_printf(a, "%s%s%s", folder, separator, name);
}

/* Whether a part of the path leads upwards: VirtualBox keeps such paths as they were given. */
static bool path_climbs(const char *path, char separator)
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
	char separator = vbc_path_is_windows(folder) ? '\\' : '/';
	size_t n = strlen(folder);

	while (n && folder[n - 1] == separator)
		n--;
	if (strncmp(path, folder, n) != 0 || path[n] != separator || !path[n + 1] ||
	    path_climbs(path + n + 1, separator))
		return false;
	return !direct || !strchr(path + n + 1, separator);
}

bool vbc_path_is_absolute(const char *path)
{
	return path[0] == '/' || vbc_starts_with(path, "\\\\") ||
	       (path[0] && path[1] == ':' && path[2] == '\\');
}

const char *vbc_path_base(const char *path)
{
	const char *slash = strrchr(path, '/'), *backslash = strrchr(path, '\\');
	const char *last = backslash > slash && vbc_path_is_windows(path) ? backslash : slash;

	return last ? last + 1 : path;
}

const char *vbc_path_parent(struct vbc_arena *a, const char *path)
{
	return vbc_arena_strndup(a, path, (size_t)(vbc_path_base(path) - path));
}
