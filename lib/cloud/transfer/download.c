/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/download.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "transfer/open-disk.h"

/* The most that the service gives at once; several at once keep its cores busy while we write. */
#define CHUNK  262144u
#define CHUNKS 16
#define BLOCK  65536u /* what is left out where it is zeros */

struct reader {
	struct vbc_op *op;
	const struct vbc_download *download;
	struct vbc_checksum *sum;
	vbc_ref io;
	uint64_t size_bytes;
	struct vbc_batch_call calls[CHUNKS];
	struct vbc_bytes got[CHUNKS];
};

static bool download_is_zero(const unsigned char *data, size_t n)
{
	return data[0] == 0 && memcmp(data, data + 1, n - 1) == 0;
}

static int download_write_here(struct vbc_op *op, int fd, uint64_t at, const unsigned char *data,
			       size_t n)
{
	while (n) {
		ssize_t done = pwrite(fd, data, n, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return vbc_fail(&op->error, VBC_E_SPACE, "the file cannot be written: %s",
					strerror(errno));
		data += done;
		at += (uint64_t)done;
		n -= (size_t)done;
	}
	return VBC_OK;
}

static int download_keep_chunk(struct reader *r, uint64_t at, const struct vbc_bytes *chunk)
{
	const unsigned char *data = chunk->data;
	int code = VBC_OK;

	if (!vbc_checksum_add(r->sum, data, chunk->size))
		return vbc_fail_nomem(&r->op->error);
	if (r->download->fd < 0)
		return VBC_OK;
	for (size_t i = 0; !code && i < chunk->size; i += BLOCK) {
		size_t n = chunk->size - i < BLOCK ? chunk->size - i : BLOCK;

		if (!download_is_zero(data + i, n))
			code = download_write_here(r->op, r->download->fd, at + i, data + i, n);
	}
	return code;
}

static size_t download_size_at(const struct reader *r, uint64_t at)
{
	uint64_t left = r->size_bytes - at;

	return left < CHUNK ? (size_t)left : CHUNK;
}

static size_t download_plan_chunks(struct reader *r, uint64_t from)
{
	size_t n = 0;

	for (uint64_t at = from; n < CHUNKS && at < r->size_bytes; at += CHUNK, n++)
		r->calls[n] = (struct vbc_batch_call){
			.method = VBC_M_IMediumIO_read,
			.self = r->io,
			.in = {{.i = (int64_t)at}, {.i = (int64_t)download_size_at(r, at)}},
			.out = &r->got[n]};
	return n;
}

/* One read whose object was busy, or that gave less than was asked for, fails the download. */
static int download_keep_all(struct reader *r, uint64_t from, size_t n)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < n; i++) {
		uint64_t at = from + i * CHUNK;

		if (r->calls[i].code || r->got[i].size != download_size_at(r, at))
			return vbc_fail(&r->op->error, VBC_E_FAULT,
					"the host gave only a part of what was requested at %llu",
					(unsigned long long)at);
		code = download_keep_chunk(r, at, &r->got[i]);
	}
	return code;
}

static int download_read_some(struct reader *r, uint64_t from, size_t *ret_n)
{
	struct vbc_arena kept = vbc_op_borrow(r->op);
	size_t n = download_plan_chunks(r, from);
	int code;

	code = vbc_batch(r->op, r->calls, n);
	if (!code)
		code = download_keep_all(r, from, n);
	vbc_op_borrow_end(r->op, &kept);
	*ret_n = n;
	return code;
}

static int download_read_all(struct reader *r)
{
	struct vbc_op *op = r->op;
	uint64_t total = r->size_bytes;
	size_t n = 0;
	int code = VBC_OK;

	op->progress = (struct vbc_progress){.what = r->download->what, .total = total};
	for (uint64_t at = 0; !code && at < total; at += n * CHUNK) {
		code = download_read_some(r, at, &n);
		op->progress.done = at + n * CHUNK < total ? at + n * CHUNK : total;
		op->progress.percent = (unsigned)(op->progress.done * 100 / total);
		vbc_op_keep(op);
		if (r->download->beside)
			vbc_op_keep(r->download->beside);
		if (!code)
			code = vbc_op_tick(op);
	}
	op->progress.done = op->progress.total = 0;
	return code;
}

static int download_open_io(struct reader *r)
{
	const struct vbc_download *d = r->download;
	const struct vbc_open_disk disk = {
		.session = d->session, .disk = d->disk, .noun = d->noun, .name = d->name};

	return vbc_disk_open_for_read(r->op, &disk, &r->io, &r->size_bytes);
}

static int download_size_file(struct reader *r)
{
	const struct vbc_download *d = r->download;

	if (d->fd >= 0 && ftruncate(d->fd, (off_t)r->size_bytes) != 0)
		return vbc_fail(&r->op->error, VBC_E_SPACE, "the file cannot be written: %s",
				strerror(errno));
	return VBC_OK;
}

int vbc_download_disk(struct vbc_op *op, const struct vbc_download *download,
		      char ret_sha256[VBC_CHECKSUM_TEXT])
{
	struct vbc_checksum *VBC_CHECKSUM sum = vbc_checksum_new();
	struct reader r = {.op = op, .download = download, .sum = sum};
	int code = sum ? download_open_io(&r) : vbc_fail_nomem(&op->error);

	if (!code)
		code = download_size_file(&r);
	if (!code)
		code = download_read_all(&r);
	if (!code)
		code = vbc_IMediumIO_close(op, r.io);
	if (!code && !vbc_checksum_text(sum, ret_sha256))
		code = vbc_fail_nomem(&op->error);
	return code;
}
