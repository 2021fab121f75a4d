/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/sum-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "fetch/fetch.h"
#include "fetch/link.h"
#include "transfer/packed.h"

#define LIST_MAX ((size_t)1 << 20)
#define STEP     1048576u

static int sum_tick(void *data)
{
	const struct vbc_looking *l = data;

	return l ? l->tick(l->data, 0, 0) : VBC_OK;
}

/* Its size may not be known before. */
static int sum_fetch_list(const char *url, const struct vbc_looking *looking, char *to,
			  size_t *ret_n, struct vbc_error *err)
{
	const struct vbc_fetch_opts opts = {
		.max_bytes = LIST_MAX, .tick = sum_tick, .data = (void *)(uintptr_t)looking};
	struct vbc_fetch *f = NULL;
	bool again = false;
	int code = vbc_fetch_open(url, &opts, &f, err);

	if (!code)
		code = vbc_fetch_read(f, 0, to, LIST_MAX, ret_n, &again, err);
	vbc_fetch_close(f);
	return code;
}

static int sum_fail_errno(const char *path, int number, struct vbc_error *err)
{
	return vbc_fail(err, number == ENOENT || number == ENOTDIR ? VBC_E_NOTFOUND : VBC_E_ARG,
			"cannot read '%s': %s", path, strerror(number));
}

static int sum_open_file(const char *path, int *ret_fd, struct vbc_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return sum_fail_errno(path, errno, err);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*ret_fd = fd;
		return VBC_OK;
	}
	close(fd);
	return vbc_fail(err, VBC_E_ARG, "'%s' is not a regular file", path);
}

static int sum_read_list(const char *url, char *to, size_t *ret_n, struct vbc_error *err)
{
	char *VBC_FREE path = NULL;
	int fd = -1, code = vbc_link_path(url, &path, err);
	ssize_t n;

	if (!code)
		code = sum_open_file(path, &fd, err);
	if (code)
		return code;
	n = read(fd, to, LIST_MAX);
	if (n < 0)
		code = sum_fail_errno(path, errno, err);
	else
		*ret_n = (size_t)n;
	close(fd);
	return code;
}

int vbc_sum_fetch(const char *url, const char *name, const struct vbc_looking *looking,
		  struct vbc_sum *ret, struct vbc_error *err)
{
	char *VBC_FREE text = malloc(LIST_MAX);
	struct vbc_link link = {0};
	size_t n = 0;
	int code = text ? VBC_OK : vbc_fail_nomem(err);

	if (!code && vbc_link_is_local(url)) {
		code = sum_read_list(url, text, &n, err);
		return code ? code : vbc_sums_find(text, n, name, url, ret, err);
	}
	if (!code)
		code = vbc_link_parse(url, &link, err);
	if (!code)
		code = sum_fetch_list(url, looking, text, &n, err);
	if (!code)
		code = vbc_sums_find(text, n, name, link.shown, ret, err);
	vbc_link_done(&link);
	return code;
}

/* All of an open file. */
static int sum_add_file(int fd, const char *path, struct vbc_checksum *sum,
			const struct vbc_looking *looking, struct vbc_error *err)
{
	unsigned char *VBC_FREE data = malloc(STEP);
	ssize_t n = 1;
	int code = data ? VBC_OK : vbc_fail_nomem(err);

	while (!code && n) {
		n = read(fd, data, STEP);
		if (n < 0 && errno != EINTR)
			return sum_fail_errno(path, errno, err);
		if (n > 0 && !vbc_checksum_add(sum, data, (size_t)n))
			return vbc_fail_nomem(err);
		code = sum_tick((void *)(uintptr_t)looking);
		if (code)
			vbc_fail(err, code, "stopped");
	}
	return code;
}

int vbc_sum_check_local(const char *path, const struct vbc_sum *want,
			const struct vbc_looking *looking, struct vbc_error *err)
{
	struct vbc_checksum *VBC_CHECKSUM made = vbc_checksum_new_as(want->algorithm);
	int fd = -1, code = made ? VBC_OK : vbc_fail_nomem(err);

	if (!code)
		code = sum_open_file(path, &fd, err);
	if (!code)
		code = sum_add_file(fd, path, made, looking, err);
	if (fd >= 0)
		close(fd);
	return code ? code : vbc_sum_check(want, made, path, err);
}
