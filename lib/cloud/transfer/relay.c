/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/relay.h"

#include <string.h>

#include "base/str.h"
#include "transfer/download.h"
#include "transfer/stream.h"
#include "transfer/upload.h"

/* The most that the service gives at once; several at once keep its cores busy. */
#define CHUNK  262144u
#define CHUNKS 16

struct vbc_relay {
	struct vbc_reader reader; /* the first: it is what the stream knows */
	struct vbc_relay_from from;
	struct vbc_op *to;
	vbc_ref io;
	uint64_t size_bytes;
	uint64_t at; /* of what is in `data` */
	size_t n;
	unsigned char data[CHUNKS * CHUNK];
};

static int relay_keep_chunks(struct vbc_relay *r, const struct vbc_batch_call *calls,
			     const struct vbc_bytes *got, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t wanted = (size_t)calls[i].in[1].i;

		if (calls[i].code || got[i].size != wanted)
			return vbc_fail(&r->from.op->error, VBC_E_FAULT,
					"the host gave only a part of what was requested at %lld",
					(long long)calls[i].in[0].i);
		memcpy(r->data + r->n, got[i].data, wanted);
		r->n += wanted;
	}
	return VBC_OK;
}

/* What follows from there on. */
static int relay_fill(struct vbc_relay *r, uint64_t at)
{
	struct vbc_batch_call calls[CHUNKS];
	struct vbc_bytes got[CHUNKS] = {{0}};
	struct vbc_op *op = r->from.op;
	struct vbc_arena kept;
	size_t n = 0;
	int code;

	for (uint64_t next = at; n < CHUNKS && next < r->size_bytes; next += CHUNK, n++) {
		uint64_t left = r->size_bytes - next;

		calls[n] = (struct vbc_batch_call){
			.method = VBC_M_IMediumIO_read,
			.self = r->io,
			.in = {{.i = (int64_t)next}, {.i = left < CHUNK ? (int64_t)left : CHUNK}},
			.out = &got[n]};
	}
	r->at = at;
	r->n = 0;
	vbc_op_keep(op);
	kept = vbc_op_borrow(op);
	code = vbc_batch(op, calls, n);
	if (!code)
		code = relay_keep_chunks(r, calls, got, n);
	vbc_op_borrow_end(op, &kept);
	return code;
}

static int relay_read(struct vbc_reader *reader, uint64_t at, void *to, size_t n, size_t *ret_n,
		      struct vbc_error *err)
{
	struct vbc_relay *r = (struct vbc_relay *)reader;
	struct vbc_op *op = r->from.op;
	unsigned char *next = to;
	int code = VBC_OK;

	if (r->to) {
		op->progress = r->to->progress;
		vbc_op_keep(r->to);
	}
	*ret_n = 0;
	while (!code && n && at < r->size_bytes) {
		size_t there;

		if (at < r->at || at >= r->at + r->n)
			code = relay_fill(r, at);
		if (code)
			break;
		there = (size_t)(r->at + r->n - at) < n ? (size_t)(r->at + r->n - at) : n;
		memcpy(next, r->data + (at - r->at), there);
		next += there;
		at += there;
		n -= there;
		*ret_n += there;
	}
	return code ? vbc_fail_hint(err, code, vbc_error_hint(&op->error), "%s", op->error.text)
		    : VBC_OK;
}

/* Its session frees the disk. */
static void relay_close(struct vbc_reader *reader)
{
	free(reader);
}

int vbc_relay_open(const struct vbc_relay_from *from, struct vbc_stream *ret,
		   struct vbc_relay **ret_relay)
{
	struct vbc_relay *r = calloc(1, sizeof(*r));
	struct vbc_stream content = {0};
	struct vbc_op *op = from->op;
	int code;

	if (!r)
		return vbc_fail_nomem(&op->error);
	r->from = *from;
	r->reader = (struct vbc_reader){.read = relay_read, .close = relay_close};
	code = vbc_disk_open_for_read(op, &from->from, &r->io, &r->size_bytes);
	if (code) {
		free(r);
		return code;
	}
	code = vbc_stream_add(
		&content,
		&(struct vbc_piece){.fd = -1, .size_bytes = r->size_bytes, .reader = &r->reader},
		&op->error);
	if (!code && !from->from.disc && r->size_bytes < VBC_UPLOAD_DISK_MIN)
		code = vbc_stream_add(
			&content,
			&(struct vbc_piece){.fd = -1,
					    .size_bytes = VBC_UPLOAD_DISK_MIN - r->size_bytes},
			&op->error);
	if (code) {
		vbc_stream_close(&content);
		return code;
	}
	*ret = content;
	*ret_relay = r;
	return VBC_OK;
}

void vbc_relay_set_to(struct vbc_relay *relay, struct vbc_op *to)
{
	relay->to = to;
}

int vbc_relay_check(struct vbc_relay *relay, struct vbc_op *to, vbc_ref session, const char *path,
		    const struct vbc_checksum *sum)
{
	char sent[VBC_CHECKSUM_TEXT] = "", there[VBC_CHECKSUM_TEXT] = "";
	const char *what = vbc_arena_printf(&to->arena, "verifying %s", relay->from.from.name);
	const struct vbc_download back = {.session = session,
					  .disk = path,
					  .noun = relay->from.from.noun,
					  .name = relay->from.from.name,
					  .fd = -1,
					  .what = what,
					  .beside = relay->from.op};
	int code = what && vbc_checksum_text(sum, sent) ? VBC_OK : vbc_fail_nomem(&to->error);

	if (!code)
		code = vbc_download_disk(to, &back, there);
	if (code || streq(sent, there))
		return code;
	return vbc_fail(&to->error, VBC_E_FAULT,
			"%s '%s' is not what was sent: the other host has a disk with the SHA-256 "
			"%s, not %s",
			relay->from.from.noun, relay->from.from.name, there, sent);
}
