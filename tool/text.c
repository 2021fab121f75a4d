/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 on its way out: decoding, widths, escapes.
 */
#include <ctype.h>
#include <inttypes.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

#include "text.h"
#include "util.h"

#define BAD UINT32_MAX /* a byte that is no part of UTF-8 */

void text_init(void)
{
	/* What is shown is UTF-8 whatever the locale: only the table of widths is wanted. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "");
}

/* Decodes the first character of s (not empty); returns its length in bytes. */
static size_t char_decode(const char *s, uint32_t *ret_char)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s;
	size_t n = p[0] < 0x80       ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;
	uint32_t c = n < 2 ? p[0] : p[0] & (0x7fu >> n);

	*ret_char = BAD;
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (n == 0 || c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 1;
	*ret_char = c;
	return n;
}

static bool char_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* What can make a terminal or a reader see something else than what is there. */
static bool char_must_escape(uint32_t c)
{
	return c == BAD || char_is_control(c) || c == 0x2028 || c == 0x2029 ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
	       c == 0x200f || c == 0x61c;
}

/* Writes the escape for the n bytes of c at s; `to` may be NULL. Returns its width. */
static size_t char_write_escape(FILE *to, const char *s, uint32_t c)
{
	const char *letter = c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : NULL;

	if (letter) {
		if (to)
			fputs(letter, to);
		return 2;
	}
	if (c == BAD || c < 0x80) {
		if (to)
			fprintf(to, "\\x%02x", (unsigned char)*s);
		return 4;
	}
	if (to)
		fprintf(to, "\\u%04" PRIx32, c);
	return 6;
}

/* Writes the first character of s as it may be seen; `to` may be NULL. Returns its length. */
static size_t char_write(FILE *to, const char *s, bool backslash, size_t *width)
{
	uint32_t c;
	size_t n = char_decode(s, &c);
	int w;

	if (char_must_escape(c)) {
		*width += char_write_escape(to, s, c);
		return n;
	}
	if (to && backslash && c == '\\')
		fputc('\\', to);
	if (to)
		fwrite(s, 1, n, to);
	/* An emoji younger than the C library has no width there: 1 is a guess. */
	w = wcwidth((wchar_t)c);
	*width += w < 0 ? 1 : (size_t)w;
	return n;
}

static size_t text_write(FILE *to, const char *s, bool backslash)
{
	size_t width = 0;

	while (*s)
		s += char_write(to, s, backslash, &width);
	return width;
}

void text_show(FILE *to, const char *s)
{
	text_write(to, s, false);
}

size_t text_show_cut(FILE *to, const char *s, size_t width)
{
	size_t used = text_width(s);

	if (used <= width) {
		text_show(to, s);
		return used;
	}
	used = 0;
	while (*s) {
		size_t w = 0;

		char_write(NULL, s, false, &w);
		if (used + w + 1 > width)
			break;
		s += char_write(to, s, false, &used);
	}
	if (width)
		fputs("\xe2\x80\xa6", to);
	return width ? used + 1 : 0;
}

void text_lines(FILE *to, const char *s, size_t n)
{
	const char *end = s + n;
	size_t width = 0;

	while (s < end) {
		if (*s == '\n' || *s == '\t')
			fputc(*s++, to);
		else if (*s == '\r' && s[1] == '\n')
			s++;
		else
			s += char_write(to, s, false, &width);
	}
}

size_t text_whole(const char *s, size_t n)
{
	if (n && s[n - 1] == '\r')
		return n - 1;
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char c = (unsigned char)s[n - back];
		size_t length = c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 1;

		if (c >> 6 != 2)
			return length > back ? n - back : n;
	}
	return n;
}

void text_tsv(FILE *to, const char *s)
{
	text_write(to, s, true);
}

size_t text_width(const char *s)
{
	return text_write(NULL, s, false);
}

bool text_is_plain(const char *s)
{
	size_t n;
	uint32_t c;

	for (; *s; s += n) {
		n = char_decode(s, &c);
		if (char_must_escape(c))
			return false;
	}
	return true;
}

void text_json(FILE *to, const char *s)
{
	size_t n;
	uint32_t c;

	fputc('"', to);
	for (; *s; s += n) {
		n = char_decode(s, &c);
		if (c == BAD)
			fputs("\xef\xbf\xbd", to);
		else if (c == '"' || c == '\\')
			fprintf(to, "\\%c", (char)c);
		else if (c == '\n')
			fputs("\\n", to);
		else if (c == '\t')
			fputs("\\t", to);
		else if (char_must_escape(c))
			fprintf(to, "\\u%04" PRIx32, c);
		else
			fwrite(s, 1, n, to);
	}
	fputc('"', to);
}

/* Most texts begin with a mark or with ASCII: where there are zeros among the first four bytes
 * tells. */
const char *text_other_encoding(const char *text, size_t n)
{
	static const struct {
		const char *name;
		bool zero[4];
	} forms[] = {
		{"UTF-32", {false, true, true, true}},
		{"UTF-32", {true, true, true, false}},
		{"UTF-16", {false, true, false, true}},
		{"UTF-16", {true, false, true, false}},
	};

	if (n >= 4 &&
	    (memcmp(text, "\xff\xfe\0\0", 4) == 0 || memcmp(text, "\0\0\xfe\xff", 4) == 0))
		return "UTF-32";
	if (n >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return "UTF-16";
	for (size_t i = 0; n >= 4 && i < COUNT(forms); i++) {
		size_t same = 0;

		while (same < 4 && (text[same] == '\0') == forms[i].zero[same])
			same++;
		if (same == 4)
			return forms[i].name;
	}
	return NULL;
}

char *text_quote_word(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-+,:@%/";
	char *quoted, *to;

	if (*word && !word[strspn(word, plain)])
		return must(strdup(word));
	quoted = to = must(malloc(4 * strlen(word) + 3));
	*to++ = '\'';
	for (; *word; word++)
		if (*word == '\'')
			to = stpcpy(to, "'\\''");
		else
			*to++ = *word;
	*to++ = '\'';
	*to = '\0';
	return quoted;
}

static bool uuid_fits(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i = 0;

	while (form[i] == 'x' ? isxdigit((unsigned char)text[i]) : form[i] && text[i] == form[i])
		i++;
	return !form[i] && !text[i];
}

char *text_take_uuid(const char *text)
{
	char *uuid = uuid_fits(text) ? must(strdup(text)) : NULL;

	for (char *c = uuid; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return uuid;
}
