/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The forms are RFC 4253 (public keys: a type and numbers, each with its length before it) and
 * OpenSSH's PROTOCOL.key (private ones). OpenSSL makes and hashes.
 */
#include "key/pair.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/base64.h"
#include "base/error-private.h"

#define ED25519       "ssh-ed25519"
#define ED25519_BYTES 32
#define TEXT_MAX      65536
#define LINE_WIDTH    70
#define ROOM          8192
#define MAGIC         "openssh-key-v1"

static void pair_put_u32(struct vbc_buf *b, uint32_t n)
{
	const unsigned char bytes[] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
				       (unsigned char)(n >> 8), (unsigned char)n};

	vbc_buf_add(b, bytes, sizeof(bytes));
}

static void pair_put_string(struct vbc_buf *b, const void *data, size_t n)
{
	pair_put_u32(b, (uint32_t)n);
	vbc_buf_add(b, data, n);
}

static void pair_put_public(struct vbc_buf *b, const unsigned char *public)
{
	pair_put_string(b, ED25519, strlen(ED25519));
	pair_put_string(b, public, ED25519_BYTES);
}

/* The part that could be encrypted; it is filled up to whole blocks of 8 bytes with 1, 2, 3… */
static bool pair_put_private(struct vbc_buf *b, const unsigned char *public,
			     const unsigned char *seed, const char *comment)
{
	unsigned char check[4];

	if (RAND_bytes(check, sizeof(check)) != 1)
		return false;
	vbc_buf_add(b, check, sizeof(check));
	vbc_buf_add(b, check, sizeof(check));
	pair_put_public(b, public);
	pair_put_u32(b, 2 * ED25519_BYTES);
	vbc_buf_add(b, seed, ED25519_BYTES);
	vbc_buf_add(b, public, ED25519_BYTES);
	pair_put_string(b, comment, strlen(comment));
	for (char pad = 1; b->len % 8; pad++)
		vbc_buf_putc(b, pad);
	return !b->failed;
}

/* A buffer that held a secret leaves nothing behind. */
static void pair_wipe_buf(struct vbc_buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	vbc_buf_done(b);
}

/* base64 in lines between a head and a foot. */
static char *pair_armour_base64(struct vbc_arena *a, const struct vbc_buf *base64)
{
	struct vbc_buf lines;
	char *result;

	vbc_buf_init(&lines, TEXT_MAX);
	vbc_buf_reserve(&lines, ROOM);
	vbc_buf_puts(&lines, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	for (size_t i = 0; i < base64->len; i += LINE_WIDTH) {
		size_t left = base64->len - i;

		vbc_buf_add(&lines, base64->data + i, left < LINE_WIDTH ? left : LINE_WIDTH);
		vbc_buf_putc(&lines, '\n');
	}
	vbc_buf_puts(&lines, "-----END OPENSSH PRIVATE KEY-----\n");
	result = lines.failed ? NULL : vbc_arena_strndup(a, lines.data, lines.len);
	pair_wipe_buf(&lines);
	return result;
}

static char *pair_format_private(struct vbc_arena *a, const unsigned char *public,
				 const unsigned char *seed, const char *comment)
{
	struct vbc_buf VBC_BUF pub;
	struct vbc_buf blob, secret, base64;
	char *result = NULL;

	vbc_buf_init(&pub, TEXT_MAX);
	vbc_buf_init(&blob, TEXT_MAX);
	vbc_buf_init(&secret, TEXT_MAX);
	vbc_buf_init(&base64, TEXT_MAX);
	/* Room for all, so that no copy of the secret stays in memory that was outgrown. */
	vbc_buf_reserve(&blob, ROOM);
	vbc_buf_reserve(&secret, ROOM);
	vbc_buf_reserve(&base64, ROOM);
	pair_put_public(&pub, public);
	vbc_buf_add(&blob, MAGIC, sizeof(MAGIC)); /* with its NUL */
	pair_put_string(&blob, "none", 4); /* cipher, key derivation, its options: not encrypted */
	pair_put_string(&blob, "none", 4);
	pair_put_string(&blob, "", 0);
	pair_put_u32(&blob, 1); /* key */
	pair_put_string(&blob, pub.data, pub.len);
	if (pair_put_private(&secret, public, seed, comment)) {
		pair_put_string(&blob, secret.data, secret.len);
		vbc_base64_encode(&base64, blob.data, blob.len);
	}
	if (base64.len && !blob.failed && !base64.failed && !pub.failed)
		result = pair_armour_base64(a, &base64);
	pair_wipe_buf(&blob);
	pair_wipe_buf(&secret);
	pair_wipe_buf(&base64);
	return result;
}

static const char *pair_format_public(struct vbc_arena *a, const unsigned char *public,
				      const char *comment)
{
	struct vbc_buf VBC_BUF blob, VBC_BUF text;

	vbc_buf_init(&blob, TEXT_MAX);
	vbc_buf_init(&text, TEXT_MAX);
	pair_put_public(&blob, public);
	vbc_base64_encode(&text, blob.data, blob.len);
	return text.failed ? NULL : vbc_arena_printf(a, ED25519 " %s %s", text.data, comment);
}

/* As OpenSSL 1.1.1 has it already; EVP_PKEY_Q_keygen() came with 3.0. */
static EVP_PKEY *pair_make_key(void)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
	EVP_PKEY *key = NULL;

	if (!context || EVP_PKEY_keygen_init(context) != 1 || EVP_PKEY_keygen(context, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

int vbc_key_generate(struct vbc_arena *a, const char *comment, const char **ret_public,
		     char **ret_private, struct vbc_error *err)
{
	unsigned char public[ED25519_BYTES], seed[ED25519_BYTES];
	size_t n_public = sizeof(public), n_seed = sizeof(seed);
	EVP_PKEY *key = pair_make_key();
	bool made = key && EVP_PKEY_get_raw_public_key(key, public, &n_public) == 1 &&
		    EVP_PKEY_get_raw_private_key(key, seed, &n_seed) == 1;

	EVP_PKEY_free(key);
	if (made) {
		*ret_public = pair_format_public(a, public, comment);
		*ret_private = pair_format_private(a, public, seed, comment);
	}
	explicit_bzero(seed, sizeof(seed));
	if (!made)
		return vbc_fail(err, VBC_E_NOMEM, "this system could not make a key");
	return *ret_public && *ret_private ? VBC_OK : vbc_fail_nomem(err);
}
