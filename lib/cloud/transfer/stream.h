/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes that an upload sends: pieces of files here, one after the other, or what a packed file
 * unpacks to.
 */
#ifndef VBC_TRANSFER_STREAM_H
#define VBC_TRANSFER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbc_error;

#define VBC_SIZE_UNKNOWN UINT64_MAX /* of what is packed, before it was looked through */

/* Where the grains lie of a file that leaves empty ones out: its tables, as far as they say. */
struct vbc_grains {
	uint32_t **tables; /* of sectors in the file, 0 and 1: empty; NULL: all in that table are */
	size_t n_tables, per_table, grain_bytes;
};

/* NULL is fine. */
void vbc_grains_free(struct vbc_grains *grains);

/* Who makes up bytes that no file has as they are. */
struct vbc_reader {
	/* Reads n bytes, or what there is of them. */
	int (*read)(struct vbc_reader *reader, uint64_t at, void *to, size_t n, size_t *ret_n,
		    struct vbc_error *err);
	void (*close)(struct vbc_reader *reader);
};

struct vbc_piece {
	int fd; /* its own; -1: zeros */
	uint64_t at, size_bytes;
	struct vbc_grains *grains; /* its own; NULL: the file leaves none out */
	struct vbc_reader *reader; /* its own, read instead of a file when not NULL */
};

struct vbc_stream {
	struct vbc_piece *v;
	size_t n;
	uint64_t size_bytes;
};

/* Adds a piece, which the stream owns then, also on failure. */
int vbc_stream_add(struct vbc_stream *c, const struct vbc_piece *piece, struct vbc_error *err);
void vbc_stream_close(struct vbc_stream *c);

/* Reads n bytes; behind the end there are zeros. */
int vbc_stream_read(const struct vbc_stream *c, uint64_t at, void *to, size_t n,
		    struct vbc_error *err);

/* Reads n bytes, or what there is of them; also where their size is not known yet. */
int vbc_stream_read_some(const struct vbc_stream *c, uint64_t at, void *to, size_t n, size_t *ret_n,
			 struct vbc_error *err);

/* Whether these n bytes are zeros, as far as that is known without reading them: holes of files. */
bool vbc_stream_has_hole(const struct vbc_stream *c, uint64_t at, size_t n);

/* Whether any place of it is reached at once: all of it lies in files. */
bool vbc_stream_is_plain(const struct vbc_stream *c);

/* Exactly n bytes of a file; VBC_E_ARG where it ends before. */
int vbc_read_exactly(int fd, uint64_t at, void *to, size_t n, struct vbc_error *err);

#endif
