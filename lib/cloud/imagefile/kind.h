/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a file is, told by its first and last bytes, its size and its name. Anything at all can be
 * the content of a raw disk; so what is surely something else is named here, and what is a disk
 * shows some sign of it. Only memory is looked at.
 */
#ifndef VBC_IMAGEFILE_KIND_H
#define VBC_IMAGEFILE_KIND_H

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

/*
 * Why the file is surely no disk that can be imported, as the rest of a sentence that begins with
 * its name: "is an HTML page, not a disk image …". NULL: nothing is known against it.
 */
const char *vbc_kind_refusal(const struct vbc_kind *k);
/* How that begins where the file is a disk image of another kind. */
#define VBC_KIND_FORMAT "is in the format "

/* The same of text in any encoding; NULL: it is none. */
const char *vbc_kind_text_refusal(const struct vbc_kind *k);

/* Whether its name says that it is a raw disk, or it has a partition table, a boot sector or a file
 * system. */
bool vbc_kind_is_raw(const struct vbc_kind *k);

/* What is told of a file that neither is refused nor looks like a raw disk. */
#define VBC_KIND_UNKNOWN                                                                           \
	"is in no format that is known, and holds no partition table, boot sector or file "        \
	"system as a raw disk does; if it is a raw disk all the same, say so with --format raw"

/* Whether these bytes stand there. */
bool vbc_kind_has(const struct vbc_kind *k, size_t at, const char *bytes, size_t n);

#endif
