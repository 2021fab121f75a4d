/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one user of zlib and libbz2. Each stops at the end of a part; going on to the next is ours.
 */
#include "transfer/decoder.h"

#include <bzlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/error-private.h"

#define STEP (1u << 18)

enum outcome { GOING_ON, PART_ENDED, NO_PART, DAMAGED, NO_MEMORY };

/* What both libraries are given, and move on. */
struct window {
	const unsigned char *in;
	unsigned char *out;
	size_t in_n, out_n;
};

struct decoding {
	const char *name;
	bool (*begin)(struct vbc_decoder *d);
	enum outcome (*run)(struct vbc_decoder *d, struct window *w);
	void (*end)(struct vbc_decoder *d);
	bool padded; /* zeros may follow: a tape has whole blocks */
};

struct vbc_decoder {
	const struct decoding *how;
	vbc_decoder_source *source;
	void *data;
	const char *path;
	const unsigned char *in;
	size_t in_n;
	bool ended;  /* the source                                     */
	bool inside; /* of a part, which has begun and not ended       */
	bool later;  /* a part was before                              */
	bool zeros;  /* so were some behind it                         */
	const char *why;
	z_stream gzip;
	gz_header header;
	bz_stream bzip2;
	unsigned char out[STEP];
};

static bool gzip_begin_part(struct vbc_decoder *d)
{
	enum { GZIP_ONLY = 16 };

	d->gzip = (z_stream){0};
	d->header = (gz_header){0};
	return inflateInit2(&d->gzip, GZIP_ONLY + MAX_WBITS) == Z_OK &&
	       inflateGetHeader(&d->gzip, &d->header) == Z_OK;
}

static enum outcome gzip_run_part(struct vbc_decoder *d, struct window *w)
{
	z_stream *z = &d->gzip;
	int result;

	z->next_in = (Bytef *)(uintptr_t)w->in; /* it only reads there */
	z->avail_in = (uInt)w->in_n;
	z->next_out = w->out;
	z->avail_out = (uInt)w->out_n;
	result = inflate(z, Z_NO_FLUSH);
	*w = (struct window){z->next_in, z->next_out, z->avail_in, z->avail_out};
	if (result == Z_STREAM_END)
		return PART_ENDED;
	if (result == Z_OK || result == Z_BUF_ERROR)
		return GOING_ON;
	if (result == Z_MEM_ERROR)
		return NO_MEMORY;
	d->why = z->msg ? z->msg : "its data is invalid";
	return d->header.done == 1 ? DAMAGED : NO_PART;
}

static void gzip_end_part(struct vbc_decoder *d)
{
	inflateEnd(&d->gzip);
}

static bool bzip2_begin_part(struct vbc_decoder *d)
{
	d->bzip2 = (bz_stream){0};
	return BZ2_bzDecompressInit(&d->bzip2, 0, 0) == BZ_OK;
}

static enum outcome bzip2_run_part(struct vbc_decoder *d, struct window *w)
{
	bz_stream *b = &d->bzip2;
	int result;

	b->next_in = (char *)(uintptr_t)w->in; /* so does this one */
	b->avail_in = (unsigned)w->in_n;
	b->next_out = (char *)w->out;
	b->avail_out = (unsigned)w->out_n;
	result = BZ2_bzDecompress(b);
	*w = (struct window){(unsigned char *)b->next_in, (unsigned char *)b->next_out, b->avail_in,
			     b->avail_out};
	if (result == BZ_STREAM_END)
		return PART_ENDED;
	if (result == BZ_OK)
		return GOING_ON;
	if (result == BZ_MEM_ERROR)
		return NO_MEMORY;
	d->why = "its data or a checksum of it is wrong";
	return result == BZ_DATA_ERROR_MAGIC ? NO_PART : DAMAGED;
}

static void bzip2_end_part(struct vbc_decoder *d)
{
	BZ2_bzDecompressEnd(&d->bzip2);
}

static const struct decoding decodings[] = {
	[VBC_DECODE_GZIP] = {"gzip", gzip_begin_part, gzip_run_part, gzip_end_part, true},
	[VBC_DECODE_BZIP2] = {"bzip2", bzip2_begin_part, bzip2_run_part, bzip2_end_part, false},
};

struct vbc_decoder *vbc_decoder_new(enum vbc_decoding how, const char *path,
				    vbc_decoder_source *source, void *data)
{
	struct vbc_decoder *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->how = &decodings[how];
	d->path = path;
	d->source = source;
	d->data = data;
	return d;
}

static void decoder_end_part(struct vbc_decoder *d)
{
	if (d->inside)
		d->how->end(d);
	d->inside = false;
}

void vbc_decoder_free(struct vbc_decoder *d)
{
	if (d)
		decoder_end_part(d);
	free(d);
}

int vbc_fail_rest(const char *path, const char *packing, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG,
			"'%s' continues after its end with data that is not packed with %s: it is "
			"damaged, or something was appended to it",
			path, packing);
}

static int decoder_refuse_rest(const struct vbc_decoder *d, struct vbc_error *err)
{
	if (d->later)
		return vbc_fail_rest(d->path, d->how->name, err);
	return vbc_fail(err, VBC_E_ARG,
			"'%s' is damaged, or packed in an unknown way (%s); unpack it first",
			d->path, d->how->name);
}

/* At the next part, if there is one. */
static int decoder_begin_part(struct vbc_decoder *d, struct vbc_error *err)
{
	while (d->later && d->how->padded && d->in_n && !*d->in) {
		d->zeros = true;
		d->in++;
		d->in_n--;
	}
	if (!d->in_n)
		return VBC_OK;
	if (d->zeros)
		return decoder_refuse_rest(d, err);
	d->inside = d->how->begin(d);
	return d->inside ? VBC_OK : vbc_fail_nomem(err);
}

static int decoder_run_part(struct vbc_decoder *d, size_t *ret_n, struct vbc_error *err)
{
	struct window w = {d->in, d->out, d->in_n, STEP};
	bool cut = d->ended && !d->in_n;
	enum outcome outcome = d->how->run(d, &w);

	d->in = w.in;
	d->in_n = w.in_n;
	*ret_n = STEP - w.out_n;
	cut = cut && outcome == GOING_ON && !*ret_n;
	if (outcome == PART_ENDED) {
		decoder_end_part(d);
		d->later = true;
	}
	if (outcome == NO_MEMORY)
		return vbc_fail_nomem(err);
	if (outcome == NO_PART)
		return decoder_refuse_rest(d, err);
	if (outcome == DAMAGED || cut)
		return vbc_fail(err, VBC_E_ARG, "'%s' is damaged or cut short (%s: %s)", d->path,
				d->how->name, cut ? "it ends too early" : d->why);
	return VBC_OK;
}

int vbc_decoder_read(struct vbc_decoder *d, const unsigned char **ret, size_t *ret_n,
		     struct vbc_error *err)
{
	size_t n = 0;
	int code = VBC_OK;

	while (!code && !n) {
		if (!d->in_n && !d->ended) {
			code = d->source(d->data, &d->in, &d->in_n);
			d->ended = !code && !d->in_n;
		}
		if (!code && !d->inside)
			code = decoder_begin_part(d, err);
		if (!code && d->inside)
			code = decoder_run_part(d, &n, err);
		else if (d->ended)
			break;
	}
	*ret = d->out;
	*ret_n = n;
	return code;
}
