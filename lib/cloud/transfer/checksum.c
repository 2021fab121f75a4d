/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/checksum.h"

#include <openssl/evp.h>

/* The handle of the other library is all there is to it. */
static EVP_MD_CTX *checksum_get_context(const struct vbc_checksum *sum)
{
	return (EVP_MD_CTX *)(uintptr_t)sum;
}

static struct vbc_checksum *checksum_alloc(const EVP_MD *algorithm)
{
	EVP_MD_CTX *c = algorithm ? EVP_MD_CTX_new() : NULL;

	if (c && EVP_DigestInit_ex(c, algorithm, NULL) == 1)
		return (struct vbc_checksum *)(void *)c;
	EVP_MD_CTX_free(c);
	return NULL;
}

struct vbc_checksum *vbc_checksum_new(void)
{
	return checksum_alloc(EVP_sha256());
}

struct vbc_checksum *vbc_checksum_new_as(const char *algorithm)
{
	return checksum_alloc(EVP_get_digestbyname(algorithm));
}

void vbc_checksum_free(struct vbc_checksum *sum)
{
	EVP_MD_CTX_free(checksum_get_context(sum));
}

bool vbc_checksum_add(struct vbc_checksum *sum, const void *data, size_t n)
{
	return EVP_DigestUpdate(checksum_get_context(sum), data, n) == 1;
}

static bool checksum_write_text(const struct vbc_checksum *sum, char *ret_text, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	unsigned n = 0;
	bool done = copy && EVP_MD_CTX_copy_ex(copy, checksum_get_context(sum)) == 1 &&
		    EVP_DigestFinal_ex(copy, digest, &n) == 1;

	EVP_MD_CTX_free(copy);
	for (unsigned i = 0; done && i < n && i * 2 + 2 < size; i++) {
		ret_text[2 * i] = digits[digest[i] >> 4];
		ret_text[2 * i + 1] = digits[digest[i] & 15];
	}
	ret_text[n * 2 < size ? n * 2 : size - 1] = '\0';
	return done;
}

bool vbc_checksum_text(const struct vbc_checksum *sum, char ret_text[VBC_CHECKSUM_TEXT])
{
	return checksum_write_text(sum, ret_text, VBC_CHECKSUM_TEXT);
}

bool vbc_checksum_text_of_any(const struct vbc_checksum *sum, char ret_text[VBC_CHECKSUM_TEXT_MAX])
{
	return checksum_write_text(sum, ret_text, VBC_CHECKSUM_TEXT_MAX);
}
