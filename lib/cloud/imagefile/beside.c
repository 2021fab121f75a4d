/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files that another one names, beside it. Who unpacks an archive from somewhere else gets the
 * symbolic links in it, too, and they may lead to any file of the user's. So a link is followed
 * only as long as it stays in the folder of the file that was named, or, where that one is a link
 * itself, in the folder it leads to: links that a user makes to a disk, file by file, work.
 */
#include "imagefile/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

/* With its '/'. */
static size_t folder_find_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Whether a path without links is in the folder of another one, or below. */
static bool file_lies_beside(const char *file, const char *other)
{
	size_t n = folder_find_length(other);

	return n && strncmp(file, other, n) == 0;
}

/* A path in the folder of `path`; its folder is free of links then, not the last part of it. */
static char *file_find_beside(const char *path, const char *name)
{
	char *VBC_FREE folder = strndup(path, folder_find_length(path));
	char *VBC_FREE real = folder ? realpath(folder[0] ? folder : ".", NULL) : NULL;
	char *file = NULL;

	if (!real || asprintf(&file, "%s/%s", streq(real, "/") ? "" : real, name) < 0)
		return NULL;
	return file;
}

int vbc_open_beside(const char *path, const char *name)
{
	char *VBC_FREE linked = realpath(path, NULL);
	char *VBC_FREE neighbour = linked ? file_find_beside(path, "x") : NULL;
	char *VBC_FREE file = neighbour ? file_find_beside(path, name) : NULL;
	char *VBC_FREE real = file ? realpath(file, NULL) : NULL;

	if (!real)
		return -1;
	if (!file_lies_beside(real, neighbour) && !file_lies_beside(real, linked)) {
		errno = EXDEV;
		return -1;
	}
	return open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}
