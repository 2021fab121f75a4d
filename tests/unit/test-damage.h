/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * For tests that damage packed data: what is packed, and a file of what came of it.
 */
#ifndef TEST_DAMAGE_H
#define TEST_DAMAGE_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Data of which packers make less, but not nothing; the same each time. */
static inline void damage_fill(unsigned char *to, size_t n)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		to[i] = (unsigned char)(seed >> (i % 3 ? 24 : 30));
	}
}

/* A file in memory that holds these bytes, at its beginning. */
static inline int damage_open(const void *data, size_t n)
{
	int fd = memfd_create("damage", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

#endif
