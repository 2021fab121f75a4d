/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What files compressed with gzip and bzip2 unpack to. Such a file is one part or several, one
 * after the other; each ends with sums, which are checked here: libarchive passes over those of
 * gzip, and takes what is not a part for the end of the file.
 */
#ifndef VBC_TRANSFER_DECODER_H
#define VBC_TRANSFER_DECODER_H

#include <stddef.h>

struct vbc_error;

enum vbc_decoding { VBC_DECODE_NOTHING, VBC_DECODE_GZIP, VBC_DECODE_BZIP2 };

/* Gives the next bytes of the compressed file; none: it ends. */
typedef int vbc_decoder_source(void *data, const unsigned char **ret, size_t *ret_n);

struct vbc_decoder;

/* `path` names the file in errors. NULL: no memory. */
struct vbc_decoder *vbc_decoder_new(enum vbc_decoding how, const char *path,
				    vbc_decoder_source *source, void *data);
/* NULL is fine. */
void vbc_decoder_free(struct vbc_decoder *d);

/*
 * The next bytes, valid until the next call; none: that was all, and it was right. What the source
 * fails with, it says itself.
 */
int vbc_decoder_read(struct vbc_decoder *d, const unsigned char **ret, size_t *ret_n,
		     struct vbc_error *err);

/* Fails because of what stands behind the end of a compressed file. */
int vbc_fail_rest(const char *path, const char *packing, struct vbc_error *err);

#endif
