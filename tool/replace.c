/* SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "file.h"
#include "home.h"
#include "util.h"

#define TRY_MS   50
#define TRIES    200
#define NS_OF_MS 1000000L

/* A file that is not there yet is itself; a link to one that is not there may be a mistake. */
static char *path_follow(const char *path, struct vbc_error *err)
{
	struct stat st;
	char *real = realpath(path, NULL);

	if (real)
		return real;
	if (errno == ENOENT && lstat(path, &st) < 0 && errno == ENOENT)
		return must(strdup(path));
	fail(err, VBC_E_ARG, "cannot write %s: %s", path,
	     errno == ENOENT || lstat(path, &st) == 0 ? "it is a link to a file that is not there"
						      : strerror(errno));
	return NULL;
}

static int lock_wait(int fd, const char *path, struct vbc_error *err)
{
	const struct timespec moment = {.tv_nsec = TRY_MS * NS_OF_MS};

	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(err, VBC_E_ARG, "cannot lock %s: %s", path, strerror(errno));
		if (i == TRIES)
			return fail(err, VBC_E_BUSY,
				    "another vboxcloud has been changing %s for ten seconds", path);
		nanosleep(&moment, NULL);
	}
	return 0;
}

int replacing_begin(struct replacing *r, const char *path, struct vbc_error *err)
{
	char *found = path_follow(path, err);

	if (!found)
		return err->code;
	char *beside FREE = format("%s.lock", found);

	home_make_folders(beside);
	int fd = open(beside, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	int rc = fd < 0 ? fail(err, VBC_E_ARG, "cannot write %s: %s", beside, strerror(errno))
			: lock_wait(fd, path, err);

	if (rc) {
		if (fd >= 0)
			close(fd);
		free(found);
		return rc;
	}
	*r = (struct replacing){found, fd};
	return 0;
}

void replacing_end(struct replacing *r)
{
	if (!r->path)
		return;
	close(r->lock);
	free(r->path);
	r->path = NULL;
}

/* As the old one was, as far as we may; a new one as mkstemp() makes it. */
static bool fd_take_rights(int fd, const char *path)
{
	struct stat st, ours;

	if (stat(path, &st) < 0)
		return errno == ENOENT;
	if (fstat(fd, &ours) < 0)
		return false;
	if ((st.st_uid != ours.st_uid || st.st_gid != ours.st_gid) &&
	    fchown(fd, st.st_uid, st.st_gid) < 0)
		return false;
	return fchmod(fd, st.st_mode & 07777) == 0;
}

int replacing_write(struct replacing *r, const void *data, size_t size, struct vbc_error *err)
{
	char *temporary FREE = format("%s.XXXXXX", r->path);
	int fd = mkstemp(temporary);
	bool done = fd >= 0 && fd_write_all(fd, data, size) && fd_take_rights(fd, r->path) &&
		    fsync(fd) == 0;
	int why = errno;

	if (fd >= 0 && close(fd) < 0 && done) {
		done = false;
		why = errno;
	}
	if (done && rename(temporary, r->path) == 0)
		return 0;
	why = done ? errno : why;
	if (fd >= 0)
		unlink(temporary);
	return fail(err, VBC_E_SPACE, "cannot write %s: %s", r->path, strerror(why));
}
