/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error-private.h"

/* Only an absolute path counts. */
static const char *spool_get_folder(const char *variable)
{
	const char *path = getenv(variable);

	return path && path[0] == '/' ? path : NULL;
}

/* The cache folder as the XDG rules have it, else the one for what is temporary. */
static char *spool_find_folder(void)
{
	const char *cache = spool_get_folder("XDG_CACHE_HOME"), *home = spool_get_folder("HOME");
	const char *tmp = spool_get_folder("TMPDIR");
	char *path = NULL;

	if (cache || !home)
		return strdup(cache ? cache : tmp ? tmp : "/tmp");
	return asprintf(&path, "%s/.cache", home) < 0 ? NULL : path;
}

/* Not every file system knows files without a name, nor every system. */
static int spool_make_nameless(const char *folder)
{
#ifdef O_TMPFILE
	return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#else
	(void)folder;
	errno = EOPNOTSUPP;
	return -1;
#endif
}

static int spool_make_file(const char *folder)
{
	char *VBC_FREE path = NULL;
	int fd = spool_make_nameless(folder);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	if (asprintf(&path, "%s/fetch-XXXXXX", folder) < 0) {
		path = NULL;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int vbc_spool_open(struct vbc_spool *ret, struct vbc_error *err)
{
	struct vbc_spool spool = {.fd = -1, .folder = spool_find_folder()};
	int code = VBC_OK;

	if (!spool.folder)
		return vbc_fail_nomem(err);
	mkdir(spool.folder, 0700); /* the user has none yet */
	spool.fd = spool_make_file(spool.folder);
	if (spool.fd < 0)
		code = vbc_fail(err, VBC_E_ARG,
				"cannot make a temporary file in '%s': %s (XDG_CACHE_HOME can name "
				"another folder)",
				spool.folder, strerror(errno));
	if (code)
		free(spool.folder);
	else
		*ret = spool;
	return code;
}

void vbc_spool_close(struct vbc_spool *spool)
{
	if (!spool->folder)
		return;
	if (spool->fd >= 0)
		close(spool->fd);
	free(spool->folder);
	*spool = (struct vbc_spool){.fd = -1};
}

int vbc_spool_add(struct vbc_spool *spool, const void *data, size_t n, struct vbc_error *err)
{
	const char *from = data;

	while (n) {
		ssize_t wrote = write(spool->fd, from, n);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return vbc_fail(err, VBC_E_SPACE,
					"cannot write a temporary file in '%s': %s (XDG_CACHE_HOME "
					"can name another folder)",
					spool->folder, strerror(errno));
		from += wrote;
		n -= (size_t)wrote;
		spool->size_bytes += (uint64_t)wrote;
	}
	return VBC_OK;
}

int vbc_spool_empty(struct vbc_spool *spool, struct vbc_error *err)
{
	spool->size_bytes = 0;
	if (ftruncate(spool->fd, 0) == 0 && lseek(spool->fd, 0, SEEK_SET) == 0)
		return VBC_OK;
	return vbc_fail(err, VBC_E_SPACE, "cannot write a temporary file in '%s': %s",
			spool->folder, strerror(errno));
}
