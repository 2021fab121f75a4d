/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that are text, and what people mistake for the image that they tell of. No disk begins with
 * kilobytes of text.
 */
#include "imagefile/kind-text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "imagefile/kind-bytes.h"

#define LOOKED_AT 4096u

#define NO_DISK(what) "is " what ", not a disk image"
#define HTML          NO_DISK("an HTML page") " (was the download's address right?)"

/* As much of a text as is looked at, in ASCII: other characters are '?'. */
struct text {
	char v[LOOKED_AT + 1];
	size_t n;
};

/* Control characters that no text has. */
static bool kind_text_is_binary(unsigned char c)
{
	return (c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) ||
	       c == 0x7f;
}

/* Of most scripts, and all markup, an eighth of the characters is ASCII. */
static bool kind_text_take_utf16(const struct vbc_kind *k, bool big, struct text *t)
{
	size_t ascii = 0;

	for (size_t i = 2; i + 1 < k->n_start && t->n < LOOKED_AT; i += 2) {
		unsigned char high = k->start[big ? i : i + 1], low = k->start[big ? i + 1 : i];

		if (!high && kind_text_is_binary(low))
			return false;
		ascii += !high && low < 0x80;
		t->v[t->n++] = (char)(high || low >= 0x80 ? '?' : low);
	}
	return t->n > 0 && ascii >= t->n / 8;
}

/* Whether it is UTF-8, up to a character that the end of what is looked at cuts in two. */
static bool kind_text_is_utf8(const unsigned char *bytes, size_t n)
{
	size_t bad = 0;
	long c = -1;

	return vbc_text_ok((const char *)bytes, n, &bad, &c) || (c < 0 && n - bad < 4);
}

/* As of UTF-16; of an older encoding, too, as erased flash is not text. */
static bool kind_text_take_bytes(const struct vbc_kind *k, struct text *t)
{
	size_t from = vbc_kind_has(k, 0, "\xef\xbb\xbf", 3) ? 3 : 0, ascii = 0;

	for (size_t at = from; at < k->n_start && t->n < LOOKED_AT; at++) {
		if (kind_text_is_binary(k->start[at]))
			return false;
		ascii += k->start[at] < 0x80;
		t->v[t->n++] = (char)(k->start[at] >= 0x80 ? '?' : k->start[at]);
	}
	return t->n > 0 && (ascii >= (t->n + 7) / 8 || kind_text_is_utf8(k->start + from, t->n));
}

static bool kind_text_take_text(const struct vbc_kind *k, struct text *t)
{
	bool taken;

	t->n = 0;
	if (vbc_kind_has(k, 0, "\xff\xfe", 2))
		taken = kind_text_take_utf16(k, false, t);
	else if (vbc_kind_has(k, 0, "\xfe\xff", 2))
		taken = kind_text_take_utf16(k, true, t);
	else
		taken = kind_text_take_bytes(k, t);
	t->v[t->n] = '\0';
	return taken;
}

static size_t kind_text_count_hex(const char *s)
{
	size_t n = 0;

	while (isxdigit((unsigned char)s[n]))
		n++;
	return n;
}

/* As md5sum and its like write it, or BSD's commands and OVF's manifests. */
static bool kind_text_is_checksum(const char *line)
{
	static const size_t lengths[] = {32, 40, 56, 64, 96, 128};
	static const char *const names[] = {"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
	size_t n = kind_text_count_hex(line);

	for (size_t i = 0; i < VBC_COUNT(lengths); i++)
		if (n == lengths[i] && strchr(" \t\r\n", line[n]))
			return true;
	for (size_t i = 0; i < VBC_COUNT(names); i++) {
		n = strlen(names[i]);
		if (strncmp(line, names[i], n) == 0 && line[n + strspn(line + n, " ")] == '(')
			return true;
	}
	return false;
}

/* In the first lines, as comments and signatures may stand before. */
static bool kind_text_has_checksum(const char *text)
{
	for (int i = 0; text && i < 8; i++) {
		if (kind_text_is_checksum(text))
			return true;
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return false;
}

static const struct {
	const char *word, *why;
	bool anywhere; /* else at the start */
} words[] = {
	{"<html", HTML, true},
	{"<!doctype html", HTML, false},
	{"<head", HTML, false},
	{"<body", HTML, false},
	{"<VirtualBox ", NO_DISK("the settings of a VirtualBox machine") "; import its disk", true},
	{"<domain ", NO_DISK("libvirt's description of a machine") "; import its disk", false},
	{"<Parallels_disk_image",
	 "is the description of a Parallels disk; convert that first, for "
	 "example with 'qemu-img convert -O qcow2 OLD NEW'",
	 true},
	{"schemas.dmtf.org/ovf/",
	 "is the description of a machine (OVF), not a disk image; import "
	 "the disk that it names",
	 true},
	{"<Envelope",
	 "is the description of a machine (OVF), not a disk image; import the disk "
	 "that it names",
	 true},
	{"<?xml", NO_DISK("an XML document"), false},
	{"<", NO_DISK("an XML or HTML document") " (was the download's address right?)", false},
	{"version https://git-lfs",
	 "is a pointer of Git LFS; get the file itself with "
	 "'git lfs pull'",
	 false},
	{".encoding = ", NO_DISK("the settings of a VMware machine") "; import its disk", false},
	{"-----BEGIN PGP", NO_DISK("a signature or a signed text (OpenPGP)"), false},
	{"-----BEGIN", NO_DISK("a key or a certificate"), false},
	{"#!", NO_DISK("a script"), false},
	{"{", NO_DISK("a JSON document"), false},
	{"[", NO_DISK("a JSON document or a text"), false},
};

const char *vbc_kind_text_refusal(const struct vbc_kind *k)
{
	struct text t;
	const char *begin;

	if (!kind_text_take_text(k, &t))
		return NULL;
	begin = t.v + strspn(t.v, " \t\r\n\f");
	if (kind_text_has_checksum(begin))
		return NO_DISK("a list of checksums");
	for (size_t i = 0; i < VBC_COUNT(words); i++) {
		const char *word = words[i].word;

		if (words[i].anywhere ? strcasestr(begin, word) != NULL
				      : strncasecmp(begin, word, strlen(word)) == 0)
			return words[i].why;
	}
	return NO_DISK("a text");
}
