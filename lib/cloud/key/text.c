/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a public key as people have it. What would be lost is refused, in words that say what was
 * given and what to do; a key in RFC 4253's form is a type and numbers, each with its length
 * before.
 */
#include "key/text.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/base64.h"
#include "base/error-private.h"
#include "base/str.h"

static const char *const types[] = {
	"ssh-ed25519",
	"ssh-rsa",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com",
};

/* What is not the line of a key. A private key is never repeated, nor any part of it. */
static const struct {
	const char *word, *why;
} others[] = {
	{"PRIVATE KEY", "this is a private key; only public keys are kept (the file *.pub)"},
	{"PuTTY-User-Key-File-", "this is a private key of PuTTY; only public keys are kept: save "
				 "that one with PuTTYgen, from 'Public key for pasting'"},
	{"BEGIN SSH2 PUBLIC KEY",
	 "this is a public key in the format of SSH2 (RFC 4716), as PuTTYgen "
	 "saves it; convert it first, with 'ssh-keygen -i -f FILE'"},
	{"BEGIN RSA PUBLIC KEY", "this is a public key in the format PEM; convert it first, with "
				 "'ssh-keygen -i -m PEM -f FILE'"},
	{"BEGIN PUBLIC KEY", "this is a public key in the format PKCS#8; convert it first, with "
			     "'ssh-keygen -i -m PKCS8 -f FILE'"},
	{"ssh-dss ", "this is a DSA key, which SSH servers no longer accept; make one of another "
		     "type, such as ed25519"},
	{"-cert-v01@openssh.com",
	 "this is a certificate; only public keys are kept (the file *.pub "
	 "it was made for)"},
};

static int key_fail_form(struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG,
			"this is not a public SSH key; one is a single line, as in a file *.pub: "
			"ssh-ed25519 AAAA… comment");
}

static bool key_is_known_type(const char *type)
{
	for (size_t i = 0; i < VBC_COUNT(types); i++)
		if (streq(types[i], type))
			return true;
	return false;
}

/* The next word of a line, in the arena; NULL when there is none. */
static char *key_next_word(struct vbc_arena *a, const char **at)
{
	size_t n;
	char *word;

	*at += strspn(*at, " \t");
	n = strcspn(*at, " \t\r\n");
	word = n ? vbc_arena_strndup(a, *at, n) : NULL;
	*at += n;
	return word;
}

static size_t key_read_be32(const unsigned char *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* Whether the key's own bytes begin with the type that stands before them, and are all there. */
static bool key_blob_is_whole(const unsigned char *blob, size_t size, const char *type)
{
	size_t at = 0, parts = 0, n = strlen(type);

	if (size < 4 + n || key_read_be32(blob) != n || memcmp(blob + 4, type, n) != 0)
		return false;
	for (; at < size; parts++) {
		if (size - at < 4 || key_read_be32(blob + at) > size - at - 4)
			return false;
		at += 4 + key_read_be32(blob + at);
	}
	return parts > 1;
}

static const char *key_make_fingerprint(struct vbc_arena *a, const void *blob, size_t size)
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

static const char *key_line_end(const char *line)
{
	return line + strcspn(line, "\r\n");
}

/* The next line with something in it, as in authorized_keys; NULL when there is none. */
static const char *key_next_line(const char *at)
{
	for (;;) {
		at += strspn(at, " \t\r\n");
		if (*at != '#')
			return *at ? at : NULL;
		at = key_line_end(at);
	}
}

static bool key_line_begins(struct vbc_arena *a, const char *line)
{
	const char *type = key_next_word(a, &line);

	return type && key_is_known_type(type);
}

/* Options stand before a key, as in: from="10.0.0.0/8" ssh-ed25519 AAAA… */
static bool key_has_options(struct vbc_arena *a, const char *line)
{
	const char *end = key_line_end(line), *word;

	while (line < end && (word = key_next_word(a, &line)))
		if (key_is_known_type(word))
			return true;
	return false;
}

/* Why it is not a public key; a key's own line may have any of the words in its comment. */
static const char *key_find_other_kind(struct vbc_arena *a, const char *text)
{
	for (const char *line = key_next_line(text); line;
	     line = key_next_line(key_line_end(line))) {
		const char *end = key_line_end(line);

		if (key_line_begins(a, line))
			continue;
		for (size_t i = 0; i < VBC_COUNT(others); i++)
			if (memmem(line, (size_t)(end - line), others[i].word,
				   strlen(others[i].word)))
				return others[i].why;
	}
	return NULL;
}

static int key_check_form(struct vbc_arena *a, const char *text, const char **ret_line,
			  struct vbc_error *err)
{
	const char *line, *second, *other;

	if (vbc_starts_with(text, "\xff\xfe") || vbc_starts_with(text, "\xfe\xff"))
		return vbc_fail(
			err, VBC_E_ARG,
			"this is text in UTF-16, as PowerShell writes it; save it as UTF-8");
	text += vbc_starts_with(text, "\xef\xbb\xbf") ? 3 : 0;
	other = key_find_other_kind(a, text);
	if (other)
		return vbc_fail(err, VBC_E_ARG, "%s", other);
	line = key_next_line(text);
	if (!line)
		return key_fail_form(err);
	if (!key_line_begins(a, line) && key_has_options(a, line))
		return vbc_fail(err, VBC_E_ARG,
				"options before a public key are not kept; omit them, so that the "
				"line begins with the key's type");
	second = key_next_line(key_line_end(line));
	if (second && key_line_begins(a, line) && key_line_begins(a, second))
		return vbc_fail(err, VBC_E_ARG,
				"these are several public keys; import them one at a time");
	if (second)
		return key_fail_form(err);
	*ret_line = line;
	return VBC_OK;
}

/* The rest of the line; NULL where it is no text that the host could keep, or there is none. */
static const char *key_take_comment(struct vbc_arena *a, const char *at)
{
	size_t n, bad;
	long c;

	at += strspn(at, " \t");
	n = (size_t)(key_line_end(at) - at);
	while (n && (at[n - 1] == ' ' || at[n - 1] == '\t'))
		n--;
	return n && vbc_text_ok(at, n, &bad, &c) ? vbc_arena_strndup(a, at, n) : NULL;
}

int vbc_key_read(struct vbc_arena *a, const char *text, const char **ret_line,
		 const char **ret_fingerprint, struct vbc_error *err)
{
	const char *at = "", *type, *base64, *comment;
	void *blob = NULL;
	size_t size = 0;
	int code = key_check_form(a, text ? text : "", &at, err);

	if (code)
		return code;
	type = key_next_word(a, &at);
	base64 = key_next_word(a, &at);
	if (!type || !base64 || !key_is_known_type(type))
		return key_fail_form(err);
	if (!vbc_base64_decode(a, base64, strlen(base64), &blob, &size) ||
	    !key_blob_is_whole(blob, size, type))
		return vbc_fail(err, VBC_E_ARG,
				"this is not a complete public SSH key: its middle part is cut "
				"short, or not of the type stated before it");
	comment = key_take_comment(a, at);
	*ret_line = comment ? vbc_arena_printf(a, "%s %s %s", type, base64, comment)
			    : vbc_arena_printf(a, "%s %s", type, base64);
	*ret_fingerprint = key_make_fingerprint(a, blob, size);
	return *ret_line && *ret_fingerprint ? VBC_OK : vbc_fail_nomem(err);
}
