/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that a command writes: under a temporary name beside the final one, renamed when complete.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "file.h"
#include "text.h"
#include "util.h"

#define SMALL_FILE_MAX 65536

bool is_terminal_out(void)
{
	return isatty(STDOUT_FILENO);
}

bool fd_write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

static mode_t file_usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* A device or a pipe keeps its name; a link is followed. */
static bool file_is_special(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool file_write_special(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	bool done = fd >= 0 && fd_write_all(fd, data, size);

	return (fd < 0 || close(fd) == 0) && done;
}

static bool file_write_renamed(const char *path, const void *data, size_t size, mode_t mode)
{
	char *temporary FREE = format("%s.XXXXXX", path);
	int fd = mkstemp(temporary);

	if (fd < 0)
		return false;
	bool done = fd_write_all(fd, data, size) && fchmod(fd, mode) == 0;

	done = close(fd) == 0 && done && rename(temporary, path) == 0;
	if (!done) {
		int why = errno;

		unlink(temporary);
		errno = why;
	}
	return done;
}

int write_file(const char *path, const void *data, size_t size, struct vbc_error *err)
{
	bool done = file_is_special(path) ? file_write_special(path, data, size)
					  : file_write_renamed(path, data, size, file_usual_mode());

	if (done)
		return 0;
	return fail(err, VBC_E_SPACE, "cannot write %s: %s", path, strerror(errno));
}

int write_private_file(const char *path, const void *data, size_t size, struct vbc_error *err)
{
	if (file_write_renamed(path, data, size, 0600))
		return 0;
	return fail(err, VBC_E_SPACE, "cannot write %s: %s", path, strerror(errno));
}

static int fail_exists(const char *path, struct vbc_error *err)
{
	return fail(err, VBC_E_EXISTS, "%s exists already; choose another file", path);
}

int check_new_file(const char *path, struct vbc_error *err)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return fail_exists(path, err);
	return errno == ENOENT ? 0
			       : fail(err, VBC_E_ARG, "cannot write %s: %s", path, strerror(errno));
}

int create_secret_file(const char *path, struct vbc_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0 && errno == EEXIST)
		fail_exists(path, err);
	else if (fd < 0)
		fail(err, VBC_E_ARG, "cannot write %s: %s", path, strerror(errno));
	return fd;
}

int finish_secret_file(int fd, const char *path, const char *secret, int rc, struct vbc_error *err)
{
	bool done = !rc && fd_write_all(fd, secret, strlen(secret));

	if (close(fd) != 0)
		done = false;
	if (!rc && !done)
		rc = fail(err, VBC_E_SPACE, "cannot write %s: %s", path, strerror(errno));
	if (rc)
		unlink(path);
	return rc;
}

int fail_read(const char *what, const char *path, struct vbc_error *err)
{
	int code = errno == ENOENT || errno == ENOTDIR ? VBC_E_NOTFOUND : VBC_E_ARG;

	return fail(err, code, "cannot read %s%s: %s", what, path, strerror(errno));
}

char *read_bytes(const char *path, size_t max, size_t *ret_size, struct vbc_error *err)
{
	FILE *file = streq(path, "-") ? stdin : fopen(path, "re");
	char *data = NULL;
	size_t n = 0, room = 0;

	if (!file) {
		fail_read("", path, err);
		return NULL;
	}
	while (n == room && n < max) {
		room = room ? room * 2 : SMALL_FILE_MAX;
		room = room < max ? room : max;
		data = must(realloc(data, room + 1));
		n += fread(data + n, 1, room - n, file);
	}
	data[n] = '\0';
	if (ferror(file)) {
		fail_read("", path, err);
		free(data);
		data = NULL;
	}
	if (file != stdin)
		fclose(file);
	*ret_size = n;
	return data;
}

/* Cleans a text of the mark that some editors put before it. */
static int file_clean_text(const char *path, char *text, size_t n, struct vbc_error *err)
{
	const char *encoding = text_other_encoding(text, n);

	if (encoding)
		return fail(err, VBC_E_ARG, "cannot use %s: it is text in %s; save it as UTF-8",
			    path, encoding);
	if (n == SMALL_FILE_MAX || memchr(text, 0, n))
		return fail(err, VBC_E_ARG, "cannot use %s: it is not a small text file", path);
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		memmove(text, text + 3, n - 3 + 1);
	return 0;
}

char *read_small_file(const char *path, struct vbc_error *err)
{
	size_t n = 0;
	char *text = read_bytes(path, SMALL_FILE_MAX, &n, err);

	if (text && file_clean_text(path, text, n, err) == 0)
		return text;
	free(text);
	return NULL;
}

char *read_password(const char *path, struct vbc_error *err)
{
	char *text = read_small_file(path, err);

	if (text)
		text[strcspn(text, "\r\n")] = '\0';
	return text;
}

void free_password(char *password)
{
	if (password)
		explicit_bzero(password, strlen(password));
	free(password);
}
