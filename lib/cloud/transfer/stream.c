/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"

#define SECTOR 512u

void vbc_grains_free(struct vbc_grains *grains)
{
	for (size_t i = 0; grains && i < grains->n_tables; i++)
		free(grains->tables[i]);
	if (grains)
		free(grains->tables);
	free(grains);
}

/* The place in the file of a grain's first byte; 0: it is empty. */
static uint64_t grain_find_offset(const struct vbc_grains *grains, uint64_t grain)
{
	const uint32_t *table = grains->tables[grain / grains->per_table];
	uint32_t sector = table ? table[grain % grains->per_table] : 0;

	return sector > 1 ? (uint64_t)sector * SECTOR : 0;
}

static void stream_close_piece(const struct vbc_piece *p)
{
	if (p->reader)
		p->reader->close(p->reader);
	if (p->fd >= 0)
		close(p->fd);
	vbc_grains_free(p->grains);
}

int vbc_stream_add(struct vbc_stream *c, const struct vbc_piece *piece, struct vbc_error *err)
{
	struct vbc_piece *v = reallocarray(c->v, c->n + 1, sizeof(*v));

	if (!v) {
		stream_close_piece(piece);
		return vbc_fail_nomem(err);
	}
	c->v = v;
	c->v[c->n++] = *piece;
	c->size_bytes += piece->size_bytes;
	return VBC_OK;
}

void vbc_stream_close(struct vbc_stream *c)
{
	for (size_t i = 0; i < c->n; i++)
		stream_close_piece(&c->v[i]);
	free(c->v);
	*c = (struct vbc_stream){0};
}

int vbc_read_exactly(int fd, uint64_t at, void *to, size_t n, struct vbc_error *err)
{
	unsigned char *next = to;

	while (n) {
		ssize_t got = pread(fd, next, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return vbc_fail(err, VBC_E_ARG, "the file cannot be read: %s",
					got ? strerror(errno)
					    : "it became shorter in the meantime");
		next += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return VBC_OK;
}

/* Whether a file has a hole there, as far as it can tell: those need not be read. */
static bool file_has_hole(int fd, uint64_t at, size_t n)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0) /* none from there on; but it may have become shorter */
		return errno == ENXIO && lseek(fd, 0, SEEK_END) >= (off_t)(at + n);
	return (uint64_t)data >= at + n;
}

static int piece_read_made(const struct vbc_piece *p, uint64_t at, unsigned char *to, size_t n,
			   struct vbc_error *err)
{
	size_t got = 0;
	int code = p->reader->read(p->reader, at, to, n, &got, err);

	if (!code && got < n)
		code = vbc_fail(err, VBC_E_ARG,
				"the file cannot be read: it became shorter in the meantime");
	return code;
}

/* Where a place of a piece is in its file, and how much of *n lies together there; 0: nowhere. */
static uint64_t piece_find_run(const struct vbc_piece *p, uint64_t at, size_t *n)
{
	size_t grain_bytes, inside;
	uint64_t grain;

	if (!p->grains)
		return p->at + at;
	grain_bytes = p->grains->grain_bytes;
	inside = (size_t)(at % grain_bytes);
	grain = grain_find_offset(p->grains, at / grain_bytes);
	*n = *n < grain_bytes - inside ? *n : grain_bytes - inside;
	return grain ? grain + inside : 0;
}

/* Whether there are only zeros in a run, as far as that is known without reading it. */
static bool piece_has_hole(const struct vbc_piece *p, uint64_t from, size_t n)
{
	if (p->reader)
		return false;
	return p->fd < 0 || (p->grains && !from) || file_has_hole(p->fd, from, n);
}

/* From one place of a piece, as much as lies together there. */
static int stream_read_run(const struct vbc_piece *p, uint64_t at, unsigned char *to, size_t n,
			   size_t *ret_n, struct vbc_error *err)
{
	uint64_t from = piece_find_run(p, at, &n);

	*ret_n = n;
	if (p->reader)
		return piece_read_made(p, from, to, n, err);
	if (piece_has_hole(p, from, n)) {
		memset(to, 0, n);
		return VBC_OK;
	}
	return vbc_read_exactly(p->fd, from, to, n, err);
}

bool vbc_stream_has_hole(const struct vbc_stream *c, uint64_t at, size_t n)
{
	for (const struct vbc_piece *p = c->v; n && p < c->v + c->n; p++) {
		while (n && at < p->size_bytes) {
			size_t run = p->size_bytes - at < n ? (size_t)(p->size_bytes - at) : n;
			uint64_t from = piece_find_run(p, at, &run);

			if (!piece_has_hole(p, from, run))
				return false;
			at += run;
			n -= run;
		}
		at -= at < p->size_bytes ? at : p->size_bytes;
	}
	return true;
}

int vbc_stream_read(const struct vbc_stream *c, uint64_t at, void *to, size_t n,
		    struct vbc_error *err)
{
	unsigned char *next = to;
	int code = VBC_OK;

	for (size_t i = 0; !code && n && i < c->n; i++) {
		const struct vbc_piece *p = &c->v[i];

		while (!code && n && at < p->size_bytes) {
			size_t done = p->size_bytes - at < n ? (size_t)(p->size_bytes - at) : n;

			code = stream_read_run(p, at, next, done, &done, err);
			at += done;
			next += done;
			n -= done;
		}
		at -= at < p->size_bytes ? at : p->size_bytes;
	}
	if (!code)
		memset(next, 0, n);
	return code;
}

int vbc_stream_read_some(const struct vbc_stream *c, uint64_t at, void *to, size_t n, size_t *ret_n,
			 struct vbc_error *err)
{
	uint64_t left = at < c->size_bytes ? c->size_bytes - at : 0;
	struct vbc_reader *only = c->n ? c->v[0].reader : NULL;

	if (c->size_bytes == VBC_SIZE_UNKNOWN)
		return only->read(only, at, to, n, ret_n, err);
	*ret_n = left < n ? (size_t)left : n;
	return vbc_stream_read(c, at, to, *ret_n, err);
}

bool vbc_stream_is_plain(const struct vbc_stream *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].reader)
			return false;
	return true;
}
