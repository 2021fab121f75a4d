/* SPDX-License-Identifier: Apache-2.0 */
#include "checksum.h"

#include <openssl/evp.h>

/* The handle of the other library is all there is to it. */
static EVP_MD_CTX *context(const struct vbc_checksum *sum)
{
	return (EVP_MD_CTX *)(uintptr_t)sum;
}

struct vbc_checksum *vbc_checksum_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1)
		return (struct vbc_checksum *)(void *)c;
	EVP_MD_CTX_free(c);
	return NULL;
}

void vbc_checksum_free(struct vbc_checksum *sum)
{
	EVP_MD_CTX_free(context(sum));
}

bool vbc_checksum_add(struct vbc_checksum *sum, const void *data, size_t n)
{
	return EVP_DigestUpdate(context(sum), data, n) == 1;
}

bool vbc_checksum_text(const struct vbc_checksum *sum, char ret_text[VBC_CHECKSUM_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	unsigned n = 0;
	bool done = copy && EVP_MD_CTX_copy_ex(copy, context(sum)) == 1 &&
		    EVP_DigestFinal_ex(copy, digest, &n) == 1;

	EVP_MD_CTX_free(copy);
	for (unsigned i = 0; done && i < n && i * 2 + 2 < VBC_CHECKSUM_TEXT; i++) {
		ret_text[2 * i] = digits[digest[i] >> 4];
		ret_text[2 * i + 1] = digits[digest[i] & 15];
	}
	ret_text[VBC_CHECKSUM_TEXT - 1] = '\0';
	return done;
}
