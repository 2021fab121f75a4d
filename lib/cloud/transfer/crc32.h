/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The checksum of gzip, which libarchive does not look at.
 */
#ifndef VBC_TRANSFER_CRC32_H
#define VBC_TRANSFER_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Of what was before (0 at first) and n bytes more. */
uint32_t vbc_crc32(uint32_t before, const unsigned char *data, size_t n);

#endif
