/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The id of an entry about a thing, made of a text.
 */
#include "journal/uuid.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { USED = 15 }; /* bytes of the sum that are in the UUID */

bool vbc_checksum_uuid(const char *text, char ret[37])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	char hex[2 * USED + 1];
	unsigned n = 0;

	if (EVP_Digest(text, strlen(text), sum, &n, EVP_sha256(), NULL) != 1 || n < USED)
		return false;
	for (size_t i = 0; i < USED; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	/* Version 8, which is for whatever makes it; the variant is that of all UUIDs. */
	snprintf(ret, 37, "%.8s-%.4s-8%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
		 hex + 18);
	return true;
}
