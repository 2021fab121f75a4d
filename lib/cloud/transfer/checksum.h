/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Checksums of bytes that come piece by piece, with a look at the sum so far.
 */
#ifndef VBC_TRANSFER_CHECKSUM_H
#define VBC_TRANSFER_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct vbc_checksum;

/* Hexadecimal digits and a zero: of SHA-256, of the longest there is */
enum { VBC_CHECKSUM_TEXT = 65, VBC_CHECKSUM_TEXT_MAX = 129 };

/* SHA-256. NULL: no memory. */
struct vbc_checksum *vbc_checksum_new(void);
/* OpenSSL's names: "SHA1". NULL: no memory, or not known. */
struct vbc_checksum *vbc_checksum_new_as(const char *algorithm);
void vbc_checksum_free(struct vbc_checksum *sum);
static inline void vbc_checksum_cleanup(struct vbc_checksum **sum)
{
	vbc_checksum_free(*sum);
}
#define VBC_CHECKSUM VBC_CLEANUP(vbc_checksum_cleanup)

bool vbc_checksum_add(struct vbc_checksum *sum, const void *data, size_t n);
/* Of all that was added so far; more may follow. */
bool vbc_checksum_text(const struct vbc_checksum *sum, char ret_text[VBC_CHECKSUM_TEXT]);
bool vbc_checksum_text_of_any(const struct vbc_checksum *sum, char ret_text[VBC_CHECKSUM_TEXT_MAX]);

#endif
