/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers in the headers of files.
 */
#ifndef VBC_BASE_NUMBER_H
#define VBC_BASE_NUMBER_H

#include <stdint.h>

static inline uint64_t vbc_be(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | p[i];
	return value;
}

static inline uint64_t vbc_le(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

#endif
