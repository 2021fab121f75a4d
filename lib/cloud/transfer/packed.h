/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files in archives, and what compressed files unpack to, read by libarchive without a copy here.
 * Reading goes forwards; a place before the last one is reached by beginning again.
 */
#ifndef VBC_TRANSFER_PACKED_H
#define VBC_TRANSFER_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbc_stream;
struct vbc_error;
struct vbc_reader;

/* VirtualBox's largest disk, and what a disk image has beside it. */
#define VBC_UNPACKED_MAX (((uint64_t)2 << 40) + ((uint64_t)1 << 30))

enum { VBC_PACKING_START = 512 }; /* the bytes of a file that tell how it is packed */

/* A way of packing. */
struct vbc_packing;

/* How a file that begins so is packed; NULL: it is not, in a way that is known. */
const struct vbc_packing *vbc_packing_of(const unsigned char *start, size_t n);
/* Of those without a magic of their own, whether a file begins so. */
bool vbc_packing_is_lzma(const unsigned char *start, size_t n);
bool vbc_packing_is_skippable(const unsigned char *start, size_t n); /* zstd, of any data first */
/* "gzip", "zip" */
const char *vbc_packing_name(const struct vbc_packing *how);
/* Whether it packs several files; else just one, without its name. */
bool vbc_packing_is_archive(const struct vbc_packing *how);

/* The length of "disk.vdi" in "disk.vdi.xz": without the suffix of a way that packs one file. */
size_t vbc_packing_bare_length(const char *name);
/* Whether a name is that of something packed, in any way. */
bool vbc_packing_is_promised(const char *name);
/* Whether it is that of one of several files that such a one was cut into: "disk.7z.001". */
bool vbc_packing_is_part(const char *name);
#define VBC_IS_PART                                                                                \
	"is one of several parts; join all of them first, in their order, for example with 'cat "  \
	"NAME.0* > NAME'"

/*
 * Told from time to time while a file is looked through: how much of it is done. Anything but
 * VBC_OK ends that with this code; the error is told by whoever ticks.
 */
struct vbc_looking {
	int (*tick)(void *data, uint64_t done, uint64_t total);
	void *data;
};

/* A file in an archive. */
struct vbc_packed_file {
	const char *name;    /* as the archive has it; valid until the next one */
	uint64_t size_bytes; /* or VBC_SIZE_UNKNOWN                             */
	bool is_file;        /* no folder, link or device                       */
	bool encrypted;
	uint64_t at; /* where it lies in the archive just as it is, else 0 */
};

/*
 * A reader of a packed file, whose bytes are `below`. `path` names it in errors; looking may be
 * NULL. Close it with vbc_packed_close(). NULL: no memory.
 */
struct vbc_packed *vbc_packed_new(const struct vbc_stream *below, const struct vbc_packing *how,
				  const char *path, const struct vbc_looking *looking);
void vbc_packed_close(struct vbc_packed *p);
/* As the reader of a piece of a stream. */
struct vbc_reader *vbc_packed_reader(struct vbc_packed *p);

/* Goes on to the next file in it, the first one at first; *ret_end: there is none. */
int vbc_packed_next(struct vbc_packed *p, struct vbc_packed_file *ret, bool *ret_end,
		    struct vbc_error *err);
/* Goes to the file that so many stand before. */
void vbc_packed_select(struct vbc_packed *p, size_t index);

/* Reads from the file it stands at: n bytes, or what there is of them. */
int vbc_packed_read(struct vbc_packed *p, uint64_t at, void *to, size_t n, size_t *ret_n,
		    struct vbc_error *err);

/* Moves the bytes below, which the reader owns then. */
void vbc_packed_own(struct vbc_packed *p, struct vbc_stream *below);

#endif
