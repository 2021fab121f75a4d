/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_KIND_BYTES_H
#define VBC_IMAGEFILE_KIND_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much of a file's start and end is looked at; the signature of UFS lies farthest behind. */
enum { VBC_KIND_START = 69632, VBC_KIND_END = 512 };

struct vbc_kind {
	const char *name;                 /* of the file, with or without its folder */
	uint64_t size_bytes;              /* of the whole                            */
	const unsigned char *start, *end; /* the first and the last bytes            */
	size_t n_start, n_end;            /* up to the above, or all there are       */
};

/* Whether these bytes stand there. */
bool vbc_kind_has(const struct vbc_kind *k, size_t at, const char *bytes, size_t n);

#endif
