/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The forms are RFC 4253 (public keys: a type and numbers, each with its length before it) and
 * OpenSSH's PROTOCOL.key (private ones). OpenSSL makes and hashes.
 */
#include "key-pair.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "str.h"

#define ED25519 "ssh-ed25519"
#define ED25519_BYTES 32
#define TEXT_MAX 65536
#define LINE_WIDTH 70
#define ROOM 8192
#define MAGIC "openssh-key-v1"

static const char *const types[] = {
	ED25519, "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
};

static int fail_form(struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG,
			"this is no public SSH key; one is a single line, as in a file *.pub: "
			"ssh-ed25519 AAAA… comment");
}

static bool is_known_type(const char *type)
{
	for (size_t i = 0; i < VBC_COUNT(types); i++)
		if (streq(types[i], type))
			return true;
	return false;
}

/* The next word of a line, in the arena; NULL when there is none. */
static char *next_word(struct vbc_arena *a, const char **at)
{
	size_t n;
	char *word;

	*at += strspn(*at, " \t");
	n = strcspn(*at, " \t\r\n");
	word = n ? vbc_arena_strndup(a, *at, n) : NULL;
	*at += n;
	return word;
}

/* Whether the key's own bytes begin with the type that stands before them. */
static bool type_matches(const unsigned char *blob, size_t size, const char *type)
{
	size_t n = strlen(type);

	return size > 4 + n && blob[0] == 0 && blob[1] == 0 && blob[2] == 0 && blob[3] == n &&
	       memcmp(blob + 4, type, n) == 0;
}

static const char *fingerprint(struct vbc_arena *a, const void *blob, size_t size)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct vbc_buf VBC_BUF text;

	vbc_buf_init(&text, 100);
	if (EVP_Digest(blob, size, hash, &n, EVP_sha256(), NULL) != 1)
		return NULL;
	vbc_base64_encode(&text, hash, n);
	if (text.failed)
		return NULL;
	return vbc_arena_printf(a, "SHA256:%.*s", (int)strcspn(text.data, "="), text.data);
}

int vbc_key_read(struct vbc_arena *a, const char *text, const char **ret_line,
		 const char **ret_fingerprint, struct vbc_error *err)
{
	const char *at = text ? text : "", *comment;
	char *type, *base64;
	void *blob = NULL;
	size_t size = 0, left;

	if (strstr(at, "PRIVATE KEY"))
		return vbc_fail(err, VBC_E_ARG,
				"this is a private key; only public keys are kept (the file *.pub)");
	type = next_word(a, &at);
	base64 = next_word(a, &at);
	if (!type || !base64 || !is_known_type(type) ||
	    !vbc_base64_decode(a, base64, strlen(base64), &blob, &size) ||
	    !type_matches(blob, size, type))
		return fail_form(err);
	comment = at + strspn(at, " \t");
	left = strcspn(comment, "\r\n");
	if (comment[left + strspn(comment + left, "\r\n")])
		return fail_form(err); /* a second line */
	while (left && (comment[left - 1] == ' ' || comment[left - 1] == '\t'))
		left--;
	*ret_line = left ? vbc_arena_printf(a, "%s %s %.*s", type, base64, (int)left, comment)
			 : vbc_arena_printf(a, "%s %s", type, base64);
	*ret_fingerprint = fingerprint(a, blob, size);
	return *ret_line && *ret_fingerprint ? VBC_OK : vbc_fail_nomem(err);
}

static void put_u32(struct vbc_buf *b, uint32_t n)
{
	const unsigned char bytes[] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
				       (unsigned char)(n >> 8), (unsigned char)n};

	vbc_buf_add(b, bytes, sizeof(bytes));
}

static void put_string(struct vbc_buf *b, const void *data, size_t n)
{
	put_u32(b, (uint32_t)n);
	vbc_buf_add(b, data, n);
}

static void put_public(struct vbc_buf *b, const unsigned char *public)
{
	put_string(b, ED25519, strlen(ED25519));
	put_string(b, public, ED25519_BYTES);
}

/* The part that could be encrypted; it is filled up to whole blocks of 8 bytes with 1, 2, 3… */
static bool put_private(struct vbc_buf *b, const unsigned char *public, const unsigned char *seed,
			const char *comment)
{
	unsigned char check[4];

	if (RAND_bytes(check, sizeof(check)) != 1)
		return false;
	vbc_buf_add(b, check, sizeof(check));
	vbc_buf_add(b, check, sizeof(check));
	put_public(b, public);
	put_u32(b, 2 * ED25519_BYTES);
	vbc_buf_add(b, seed, ED25519_BYTES);
	vbc_buf_add(b, public, ED25519_BYTES);
	put_string(b, comment, strlen(comment));
	for (char pad = 1; b->len % 8; pad++)
		vbc_buf_putc(b, pad);
	return !b->failed;
}

/* A buffer that held a secret leaves nothing behind. */
static void wipe(struct vbc_buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	vbc_buf_done(b);
}

/* base64 in lines between a head and a foot. */
static char *armour(struct vbc_arena *a, const struct vbc_buf *base64)
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
	wipe(&lines);
	return result;
}

static char *format_private(struct vbc_arena *a, const unsigned char *public,
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
	put_public(&pub, public);
	vbc_buf_add(&blob, MAGIC, sizeof(MAGIC)); /* with its NUL */
	put_string(&blob, "none", 4); /* cipher, key derivation, its options: not encrypted */
	put_string(&blob, "none", 4);
	put_string(&blob, "", 0);
	put_u32(&blob, 1); /* key */
	put_string(&blob, pub.data, pub.len);
	if (put_private(&secret, public, seed, comment)) {
		put_string(&blob, secret.data, secret.len);
		vbc_base64_encode(&base64, blob.data, blob.len);
	}
	if (base64.len && !blob.failed && !base64.failed && !pub.failed)
		result = armour(a, &base64);
	wipe(&blob);
	wipe(&secret);
	wipe(&base64);
	return result;
}

static const char *format_public(struct vbc_arena *a, const unsigned char *public,
				 const char *comment)
{
	struct vbc_buf VBC_BUF blob, VBC_BUF text;

	vbc_buf_init(&blob, TEXT_MAX);
	vbc_buf_init(&text, TEXT_MAX);
	put_public(&blob, public);
	vbc_base64_encode(&text, blob.data, blob.len);
	return text.failed ? NULL : vbc_arena_printf(a, ED25519 " %s %s", text.data, comment);
}

/* As OpenSSL 1.1.1 has it already; EVP_PKEY_Q_keygen() came with 3.0. */
static EVP_PKEY *make_key(void)
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
	EVP_PKEY *key = make_key();
	bool made = key && EVP_PKEY_get_raw_public_key(key, public, &n_public) == 1 &&
		    EVP_PKEY_get_raw_private_key(key, seed, &n_seed) == 1;

	EVP_PKEY_free(key);
	if (made) {
		*ret_public = format_public(a, public, comment);
		*ret_private = format_private(a, public, seed, comment);
	}
	explicit_bzero(seed, sizeof(seed));
	if (!made)
		return vbc_fail(err, VBC_E_NOMEM, "this system could not make a key");
	return *ret_public && *ret_private ? VBC_OK : vbc_fail_nomem(err);
}
