/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/upload.h"

#include <string.h>

#include "base/clock.h"
#include "transfer/hasher.h"
#include "transfer/resume.h"
#include "transfer/stream.h"
#include "vbox/aside.h"
#include "vbox/call.h"
#include "vbox/progress.h"

/*
 * One MiB a call is fastest; several at once keep the host's cores busy while we encode. Few
 * enough that on a slow line the caller still sees progress.
 */
#define CHUNK   1048576u
#define CHUNKS  8
#define SECTOR  512u
#define SAMPLE  65536u
#define SAMPLES 8u
/* How long a lost connection is waited for. */
#define PATIENCE_MS 30000
#define RETRY_MS    500

struct writer {
	struct vbc_op *op;
	const struct vbc_upload *upload;
	vbc_ref io;
	unsigned char *data; /* CHUNKS * CHUNK */
	struct vbc_batch_call calls[CHUNKS];
	uint32_t written[CHUNKS];
	size_t n;
	struct vbc_hasher *hasher; /* of the upload's sum; NULL: it has none */
	uint64_t unnoted;          /* bytes sent since it was noted how much has arrived */
	unsigned char *samples; /* SAMPLES * SAMPLE of what was sent, each complete or not seen */
	bool seen[SAMPLES];
};

int vbc_upload_begin(struct vbc_op *op, vbc_ref *ret_session)
{
	const struct vbc_endpoint *endpoint = op->host->endpoint;
	int code;

	if (op->host->dry_run)
		return vbc_call_fail_dry_run(&op->error);
	code = vbc_IWebsessionManager_logon(op, endpoint->user, endpoint->password, ret_session);
	explicit_bzero(op->request.data, op->request.cap);
	if (!code)
		op->transfer = *ret_session;
	return code;
}

void vbc_upload_end(struct vbc_op *op, vbc_ref session)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	op->transfer = (vbc_ref){NULL};
	if (!vbc_ref_is_null(session) && !op->host->dry_run)
		vbc_IWebsessionManager_logoff(op, session);
}

static uint64_t upload_whole_sectors(uint64_t bytes)
{
	return (bytes + SECTOR - 1) / SECTOR * SECTOR;
}

/* With the zeros at its end. */
static uint64_t upload_total_size(const struct vbc_upload *u)
{
	uint64_t bytes = upload_whole_sectors(u->size_bytes);

	return u->disk && bytes < VBC_UPLOAD_DISK_MIN ? VBC_UPLOAD_DISK_MIN : bytes;
}

/* Reads n bytes, with zeros for what lies behind the end. */
static int upload_read_here(const struct writer *w, uint64_t offset, unsigned char *to, size_t n)
{
	const struct vbc_upload *u = w->upload;
	size_t there = u->size_bytes - offset < n ? (size_t)(u->size_bytes - offset) : n;

	if (!u->data)
		return vbc_stream_read(u->stream, offset, to, n, &w->op->error);
	memset(to + there, 0, n - there);
	memcpy(to, (const char *)u->data + offset, there);
	return VBC_OK;
}

static bool upload_has_hole(const struct writer *w, uint64_t offset, size_t n)
{
	const struct vbc_upload *u = w->upload;

	return !u->data && vbc_stream_has_hole(u->stream, offset, n);
}

static bool upload_is_zero(const unsigned char *data, size_t n)
{
	return data[0] == 0 && memcmp(data, data + 1, n - 1) == 0;
}

/* A write that fell short, or that the host was too busy for, is made once more. */
static int upload_check_written(struct writer *w, size_t i)
{
	const struct vbc_batch_call *c = &w->calls[i];
	const struct vbc_bytes *data = &c->in[1].bytes;
	int code = VBC_OK;

	if (c->code || w->written[i] != data->size)
		code = vbc_IMediumIO_write(w->op, w->io, c->in[0].i, *data, &w->written[i]);
	if (!code && w->written[i] != data->size)
		code = vbc_fail(&w->op->error, VBC_E_FAULT,
				"the host accepted only %u of %zu bytes at %lld", w->written[i],
				data->size, (long long)c->in[0].i);
	return code;
}

static int upload_send_all(struct writer *w)
{
	struct vbc_arena kept;
	int code;

	vbc_op_keep(w->op);
	kept = vbc_op_borrow(w->op);
	code = vbc_batch(w->op, w->calls, w->n);
	for (size_t i = 0; !code && i < w->n; i++)
		code = upload_check_written(w, i);
	vbc_op_borrow_end(w->op, &kept);
	return code;
}

/* The same bytes written to the same place once more do no harm. */
static int upload_flush_calls(struct writer *w)
{
	int64_t until_ms = vbc_now_ms() + PATIENCE_MS;
	struct vbc_aside aside = vbc_aside_begin(w->op);
	int code = upload_send_all(w);

	while (code == VBC_E_CONNECT && vbc_now_ms() < until_ms) {
		vbc_op_log(w->op, 1, "the connection broke; waiting for it to come back: %s",
			   w->op->error.text);
		vbc_op_forgive(w->op);
		code = vbc_op_sleep(w->op, RETRY_MS);
		if (!code)
			code = upload_send_all(w);
	}
	w->n = 0;
	return vbc_aside_end(&aside, code);
}

static uint64_t upload_sample_at(const struct writer *w, unsigned i)
{
	uint64_t total = upload_total_size(w->upload);

	return total > SAMPLE ? (total - SAMPLE) / SECTOR * i / (SAMPLES - 1) * SECTOR : 0;
}

/* Keeps what the samples need, lest packed content be read once more. data: NULL: zeros. */
static void upload_keep_samples(struct writer *w, uint64_t at, const unsigned char *data, size_t n)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		uint64_t from = upload_sample_at(w, i), to = from + SAMPLE;
		uint64_t first = from > at ? from : at, last = to < at + n ? to : at + n;

		if (first >= last)
			continue;
		if (data)
			memcpy(w->samples + i * SAMPLE + (first - from), data + (first - at),
			       (size_t)(last - first));
		else
			memset(w->samples + i * SAMPLE + (first - from), 0, (size_t)(last - first));
		w->seen[i] = w->seen[i] || first == from;
	}
}

static int upload_add_chunk(struct writer *w, uint64_t offset, size_t n)
{
	unsigned char *data = w->data + w->n * CHUNK;
	uint64_t left = w->upload->size_bytes - offset;
	bool hole = upload_has_hole(w, offset, n);
	int code = hole ? VBC_OK : upload_read_here(w, offset, data, n);
	bool zero = hole || (!code && upload_is_zero(data, n));

	if (!code && w->hasher &&
	    !vbc_hasher_add(w->hasher, zero ? NULL : data, left < n ? (size_t)left : n))
		code = vbc_fail_nomem(&w->op->error);
	if (!code)
		upload_keep_samples(w, offset, zero ? NULL : data, n);
	/* The new file reads as zeros already. */
	if (code || zero)
		return code;
	w->written[w->n] = 0;
	w->calls[w->n] =
		(struct vbc_batch_call){.method = VBC_M_IMediumIO_write,
					.self = w->io,
					.in = {{.i = (int64_t)offset}, {.bytes = {data, n}}},
					.out = &w->written[w->n]};
	w->n++;
	w->unnoted += n;
	return w->n == CHUNKS ? upload_flush_calls(w) : VBC_OK;
}

static int upload_finish_sum(struct writer *w)
{
	return !w->hasher || vbc_hasher_wait(w->hasher) ? VBC_OK : vbc_fail_nomem(&w->op->error);
}

/* Notes from time to time how much has arrived. */
static int upload_note_sent(struct writer *w, uint64_t sent)
{
	const struct vbc_upload *u = w->upload;
	int code;

	if (!u->sum || w->unnoted < VBC_RESUME_STEP || sent >= u->size_bytes)
		return VBC_OK;
	w->unnoted = 0;
	code = w->n ? upload_flush_calls(w) : VBC_OK;
	if (!code)
		code = upload_finish_sum(w);
	return code ? code : vbc_resume_note(w->op, sent, u->size_bytes, u->sum);
}

static int upload_write_all(struct writer *w)
{
	struct vbc_op *op = w->op;
	const struct vbc_upload *u = w->upload;
	uint64_t total = upload_total_size(u);
	int code = VBC_OK;

	op->progress =
		(struct vbc_progress){.what = u->what, .percent = u->from, .total = u->size_bytes};
	for (uint64_t at = u->sent; !code && at < total; at += CHUNK) {
		code = upload_add_chunk(w, at, total - at < CHUNK ? (size_t)(total - at) : CHUNK);
		op->progress.done = at + CHUNK < u->size_bytes ? at + CHUNK : u->size_bytes;
		op->progress.percent =
			u->from + (unsigned)((u->to - u->from) * (at / 512) / (total / 512));
		vbc_op_keep(op);
		if (!code)
			code = vbc_op_tick(op);
		if (!code)
			code = upload_note_sent(w, at + CHUNK);
	}
	if (!code && w->n)
		code = upload_flush_calls(w);
	if (!code)
		code = upload_finish_sum(w);
	if (!code)
		vbc_resume_done(op);
	return code;
}

static int upload_compare_sample(struct writer *w, unsigned i, size_t n)
{
	unsigned char *here = w->samples + i * SAMPLE;
	uint64_t offset = upload_sample_at(w, i);
	struct vbc_bytes there = {0};
	int code = w->seen[i] ? VBC_OK : upload_read_here(w, offset, here, n);

	if (!code)
		code = vbc_IMediumIO_read(w->op, w->io, (int64_t)offset, (uint32_t)n, &there);
	if (!code && (there.size != n || memcmp(there.data, here, n) != 0))
		code = vbc_fail(&w->op->error, VBC_E_FAULT,
				"what arrived on the host differs from the file");
	return code;
}

/*
 * Reading all back would take as long as writing it, and the service has no checksum. TCP and the
 * counted writes guard the bytes; what is looked for here are mistakes of another kind (a file of
 * another size, zeros that are none, data in the wrong place), and samples find those.
 */
static int upload_verify_samples(struct writer *w)
{
	uint64_t total = upload_total_size(w->upload);
	size_t n = total < SAMPLE ? (size_t)total : SAMPLE;
	unsigned samples = n == total ? 1 : SAMPLES;
	int code = VBC_OK;

	for (unsigned i = 0; !code && i < samples; i++)
		code = upload_compare_sample(w, i, n);
	return code;
}

static int upload_fill_medium(struct writer *w, vbc_ref medium)
{
	int code = vbc_IMedium_openForIO(w->op, medium, true, "", &w->io);

	if (!code)
		code = upload_write_all(w);
	if (!code)
		code = upload_verify_samples(w);
	w->op->progress.done = w->op->progress.total = 0;
	if (!code)
		code = vbc_IMediumIO_close(w->op, w->io);
	return code ? code : vbc_IMedium_close(w->op, medium);
}

static int upload_create_medium(struct vbc_op *op, const struct vbc_upload *upload,
				vbc_ref *ret_medium)
{
	const int layout[] = {upload->disk ? VBC_MediumVariant_Standard : VBC_MediumVariant_Fixed};
	const struct vbc_enums variant = {.n = 1, .v = layout};
	vbc_ref progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, upload->session, upload->disk ? "VDI" : "RAW",
						upload->path, VBC_AccessMode_ReadWrite,
						VBC_DeviceType_HardDisk, ret_medium);

	if (!code)
		code = vbc_IMedium_createBaseStorage(
			op, *ret_medium, (int64_t)upload_total_size(upload), variant, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, upload->what, upload->from, upload->from);
	return code;
}

/* VirtualBox still knows what was begun, as the disk that it is. */
static int upload_reopen_medium(struct vbc_op *op, const struct vbc_upload *upload,
				vbc_ref *ret_medium)
{
	return vbc_IVirtualBox_openMedium(op, upload->session, upload->path,
					  VBC_DeviceType_HardDisk, VBC_AccessMode_ReadWrite, false,
					  ret_medium);
}

int vbc_upload_file(struct vbc_op *op, const struct vbc_upload *upload)
{
	unsigned char *VBC_FREE data = malloc((size_t)CHUNKS * CHUNK);
	unsigned char *VBC_FREE samples = calloc(SAMPLES, SAMPLE);
	struct writer w = {.op = op, .upload = upload, .data = data, .samples = samples};
	vbc_ref medium = {NULL};
	int code;

	if (upload->sum)
		w.hasher = vbc_hasher_start(upload->sum);
	if (!data || !samples || (upload->sum && !w.hasher)) {
		vbc_hasher_end(w.hasher);
		return vbc_fail_nomem(&op->error);
	}
	code = upload->sent ? upload_reopen_medium(op, upload, &medium)
			    : upload_create_medium(op, upload, &medium);
	if (!code)
		code = upload_fill_medium(&w, medium);
	vbc_hasher_end(w.hasher);
	return code;
}
