/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/seen-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

#define LEFT_S 60 /* a new file that is as old was left by a program that is gone */

/* FNV-1a of both, with a 0 between. Two hosts may share a file: it says which one it is of. */
static uint64_t seen_hash(const char *url, const char *user)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *const texts[] = {url, user};

	for (size_t i = 0; i < VBC_COUNT(texts); i++)
		for (const char *c = texts[i];; c++) {
			hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
			if (!*c)
				break;
		}
	return hash;
}

static char *seen_path(const char *folder, const char *url, const char *user)
{
	char *path = NULL;

	if (asprintf(&path, "%s/seen-%016" PRIx64, folder, seen_hash(url, user)) < 0)
		return NULL;
	return path;
}

/* Makes each folder of a path that is missing, for its owner alone. */
static void folders_make(const char *path)
{
	char *part VBC_FREE = strdup(path);

	for (char *c = part ? strchr(part + 1, '/') : NULL; c; c = strchr(c + 1, '/')) {
		*c = 0;
		mkdir(part, 0700);
		*c = '/';
	}
	if (part)
		mkdir(part, 0700);
}

static bool file_is_left(const char *path)
{
	struct stat is;

	return !lstat(path, &is) && S_ISREG(is.st_mode) && is.st_mtime + LEFT_S < time(NULL);
}

/* -1: another program is about to replace it, or it cannot be written. */
static int file_make_new(const char *path)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, flags, 0600);

	if (fd >= 0 || errno != EEXIST || !file_is_left(path))
		return fd;
	unlink(path);
	return open(path, flags, 0600);
}

static bool fd_write_whole(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

/* Complete, or not at all. */
static void seen_replace(const char *path, const struct vbc_buf *text)
{
	char *fresh VBC_FREE = NULL;
	int fd;
	bool good;

	if (asprintf(&fresh, "%s.new", path) < 0) {
		fresh = NULL;
		return;
	}
	fd = file_make_new(fresh);
	if (fd < 0)
		return;
	good = fd_write_whole(fd, text->data, text->len);
	good = !close(fd) && good;
	if (!good || rename(fresh, path))
		unlink(fresh);
}

void vbc_seen_save(const char *folder, const char *url, const char *user,
		   const struct vbc_nodes *nodes)
{
	char *path VBC_FREE = seen_path(folder, url, user);
	struct vbc_buf VBC_BUF text;
	struct timespec now;

	vbc_buf_init(&text, VBC_SEEN_MAX);
	clock_gettime(CLOCK_REALTIME, &now);
	vbc_seen_write(&text, url, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, nodes);
	if (!path || text.failed)
		return;
	folders_make(folder);
	seen_replace(path, &text);
}

/* All of a small regular file; false: it is none. */
static bool file_read(const char *path, struct vbc_buf *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat is;
	bool good = fd >= 0 && !fstat(fd, &is) && S_ISREG(is.st_mode) &&
		    is.st_size <= VBC_SEEN_MAX && vbc_buf_reserve(to, (size_t)is.st_size + 1);
	ssize_t n = good ? read(fd, to->data, (size_t)is.st_size) : -1;

	if (n >= 0)
		to->len = (size_t)n;
	if (fd >= 0)
		close(fd);
	return n >= 0;
}

bool vbc_seen_load(const char *folder, const char *url, const char *user, struct vbc_arena *arena,
		   int64_t *ret_at_ms, struct vbc_nodes *ret)
{
	char *path VBC_FREE = seen_path(folder, url, user);
	struct vbc_buf VBC_BUF text;

	vbc_buf_init(&text, VBC_SEEN_MAX + 1);
	return path && file_read(path, &text) &&
	       vbc_seen_read(text.data, text.len, url, arena, ret_at_ms, ret);
}
