/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes that an upload sends: pieces of files here, one after the other.
 */
#ifndef VBC_CLOUD_CONTENT_H
#define VBC_CLOUD_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "error-private.h"

struct vbc_piece {
	int fd; /* its own; -1: zeros */
	uint64_t at, size_bytes;
	/* Of a file that leaves empty grains out: where each one lies, 0: it is empty. Else NULL.
	 */
	uint64_t *grains;
	size_t grain_bytes;
};

struct vbc_content {
	struct vbc_piece *v;
	size_t n;
	uint64_t size_bytes;
};

/* Adds a piece, which the content owns then, also on failure. */
int vbc_content_add(struct vbc_content *c, const struct vbc_piece *piece, struct vbc_error *err);
void vbc_content_close(struct vbc_content *c);

/* Reads n bytes; behind the end there are zeros. */
int vbc_content_read(const struct vbc_content *c, uint64_t at, void *to, size_t n,
		     struct vbc_error *err);

/* Exactly n bytes of a file; VBC_E_ARG where it ends before. */
int vbc_read_exactly(int fd, uint64_t at, void *to, size_t n, struct vbc_error *err);

#endif
