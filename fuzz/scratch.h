/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files for fuzzers of what reads files: in memory where there is a file system for that, in a
 * folder that goes at the end of the program.
 */
#ifndef VBC_FUZZ_SCRATCH_H
#define VBC_FUZZ_SCRATCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_path[64], scratch_files[4][128];

static void scratch_done(void)
{
	for (size_t i = 0; i < sizeof(scratch_files) / sizeof(scratch_files[0]); i++) {
		char *slash = strrchr(scratch_files[i], '/');

		if (!slash)
			continue;
		unlink(scratch_files[i]);
		*slash = '\0';
		rmdir(scratch_files[i]);
	}
	rmdir(scratch_path);
}

static const char *scratch_folder(void)
{
	if (scratch_path[0])
		return scratch_path;
	snprintf(scratch_path, sizeof(scratch_path), "%s/vboxcloud-fuzz-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(scratch_path) || atexit(scratch_done))
		abort();
	return scratch_path;
}

/* A file in the folder, or in one there; open for writing. */
static int scratch_file(const char *name)
{
	size_t i = 0;
	char *slash;
	int fd;

	while (scratch_files[i][0])
		i++;
	snprintf(scratch_files[i], sizeof(scratch_files[i]), "%s/%s", scratch_folder(), name);
	slash = strrchr(scratch_files[i], '/');
	*slash = '\0';
	mkdir(scratch_files[i], 0700);
	*slash = '/';
	fd = open(scratch_files[i], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		abort();
	return fd;
}

/* Makes the file's content this. */
static void scratch_write(int fd, const void *data, size_t size)
{
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
}

#endif
