/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/crc32.h"

#include <pthread.h>

#define POLYNOMIAL 0xEDB88320u

/* What four bytes that follow each other do to the checksum. */
static uint32_t tables[4][256];

static void crc32_fill_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? POLYNOMIAL : 0);
		tables[0][i] = c;
	}
	for (int t = 1; t < 4; t++)
		for (uint32_t i = 0; i < 256; i++)
			tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 0xFF];
}

uint32_t vbc_crc32(uint32_t before, const unsigned char *data, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint32_t c = ~before;

	pthread_once(&once, crc32_fill_tables);
	for (; n >= 4; n -= 4, data += 4) {
		c ^= (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
		     (uint32_t)data[3] << 24;
		c = tables[3][c & 0xFF] ^ tables[2][c >> 8 & 0xFF] ^ tables[1][c >> 16 & 0xFF] ^
		    tables[0][c >> 24];
	}
	for (; n; n--)
		c = c >> 8 ^ tables[0][(c ^ *data++) & 0xFF];
	return ~c;
}
