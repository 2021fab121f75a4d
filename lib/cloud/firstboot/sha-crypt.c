/* SPDX-License-Identifier: Apache-2.0 */
#include "firstboot/sha-crypt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUM 64 /* bytes of SHA-512 */

struct sha_crypt {
	EVP_MD_CTX *ctx;
	bool begun, failed;
	const char *password;
	size_t n_password, n_salt;
	unsigned char sum[SUM];
	unsigned char *p; /* n_password bytes that stand for the password */
	unsigned char s[VBC_SHA_CRYPT_SALT];
};

/* The first one names the algorithm, which the context remembers. */
static void sha_begin(struct sha_crypt *c)
{
	c->failed |= EVP_DigestInit_ex(c->ctx, c->begun ? NULL : EVP_sha512(), NULL) != 1;
	c->begun = true;
}

static void sha_add(struct sha_crypt *c, const void *bytes, size_t n)
{
	c->failed |= EVP_DigestUpdate(c->ctx, bytes, n) != 1;
}

static void sha_end(struct sha_crypt *c, unsigned char ret[SUM])
{
	c->failed |= EVP_DigestFinal_ex(c->ctx, ret, NULL) != 1;
}

/* N bytes of as many sums as it takes. */
static void sha_add_repeated(struct sha_crypt *c, const unsigned char sum[SUM], size_t n)
{
	for (; n > SUM; n -= SUM)
		sha_add(c, sum, SUM);
	sha_add(c, sum, n);
}

static void sha_crypt_start(struct sha_crypt *c, const char *salt)
{
	unsigned char other[SUM];

	sha_begin(c);
	sha_add(c, c->password, c->n_password);
	sha_add(c, salt, c->n_salt);
	sha_add(c, c->password, c->n_password);
	sha_end(c, other);

	sha_begin(c);
	sha_add(c, c->password, c->n_password);
	sha_add(c, salt, c->n_salt);
	sha_add_repeated(c, other, c->n_password);
	for (size_t bits = c->n_password; bits; bits >>= 1)
		if (bits & 1)
			sha_add(c, other, SUM);
		else
			sha_add(c, c->password, c->n_password);
	sha_end(c, c->sum);
	OPENSSL_cleanse(other, sizeof(other));
}

/* What stands for the password and the salt in the rounds. */
static void sha_crypt_fill(struct sha_crypt *c, const char *salt)
{
	unsigned char sum[SUM];

	sha_begin(c);
	for (size_t i = 0; i < c->n_password; i++)
		sha_add(c, c->password, c->n_password);
	sha_end(c, sum);
	for (size_t i = 0; i < c->n_password; i++)
		c->p[i] = sum[i % SUM];

	sha_begin(c);
	for (unsigned i = 0; i < 16u + c->sum[0]; i++)
		sha_add(c, salt, c->n_salt);
	sha_end(c, sum);
	memcpy(c->s, sum, c->n_salt);
	OPENSSL_cleanse(sum, sizeof(sum));
}

static void sha_crypt_add_side(struct sha_crypt *c, bool password)
{
	if (password)
		sha_add(c, c->p, c->n_password);
	else
		sha_add(c, c->sum, SUM);
}

static void sha_crypt_round(struct sha_crypt *c, unsigned i)
{
	sha_begin(c);
	sha_crypt_add_side(c, i % 2);
	if (i % 3)
		sha_add(c, c->s, c->n_salt);
	if (i % 7)
		sha_add(c, c->p, c->n_password);
	sha_crypt_add_side(c, i % 2 == 0);
	sha_end(c, c->sum);
}

/* The lowest six bits first. */
static char *sha_put_digits(char *to, unsigned bits, int n)
{
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (; n > 0; n--, bits >>= 6)
		*to++ = digits[bits & 63];
	return to;
}

static void sha_put_sum(char *to, const unsigned char sum[SUM])
{
	unsigned a = 0, b = 21, c = 42;

	for (int group = 0; group < 21; group++) {
		unsigned next = b + 1;

		to = sha_put_digits(to, (unsigned)sum[a] << 16 | (unsigned)sum[b] << 8 | sum[c], 4);
		b = c + 1;
		c = a + 1;
		a = next;
	}
	*sha_put_digits(to, sum[SUM - 1], 2) = '\0';
}

static void sha_crypt_done(struct sha_crypt *c)
{
	EVP_MD_CTX_free(c->ctx);
	if (c->p)
		OPENSSL_cleanse(c->p, c->n_password + 1);
	free(c->p);
	OPENSSL_cleanse(c, sizeof(*c));
}

bool vbc_sha_crypt(const char *password, const char *salt, unsigned rounds,
		   char ret[VBC_SHA_CRYPT_SIZE])
{
	struct sha_crypt c = {
		.ctx = EVP_MD_CTX_new(),
		.password = password,
		.n_password = strlen(password),
		.n_salt = strnlen(salt, VBC_SHA_CRYPT_SALT),
	};
	char hash[VBC_SHA_CRYPT_SIZE];
	bool done = false;

	c.p = malloc(c.n_password + 1);
	if (c.ctx && c.p) {
		sha_crypt_start(&c, salt);
		sha_crypt_fill(&c, salt);
		for (unsigned i = 0; i < rounds && !c.failed; i++)
			sha_crypt_round(&c, i);
		sha_put_sum(hash + snprintf(hash, sizeof(hash), "$6$rounds=%u$%.*s$", rounds,
					    (int)c.n_salt, salt),
			    c.sum);
		done = !c.failed;
	}
	sha_crypt_done(&c);
	if (done)
		memcpy(ret, hash, sizeof(hash));
	return done;
}
