/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The encodings in which descriptions of machines are found.
 */
#include "imagefile/ovf-text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static char *ovf_text_put_utf8(char *to, uint32_t c)
{
	static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (int i = n - 1; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3F));
	to[0] = (char)(leads[n] | c);
	return to + n;
}

static uint32_t utf16_read_unit(const unsigned char *s, bool big)
{
	return big ? (uint32_t)s[0] << 8 | s[1] : (uint32_t)s[1] << 8 | s[0];
}

static const char *ovf_text_from_utf16(struct vbc_arena *a, const unsigned char *s, size_t *n,
				       bool big)
{
	char *all = vbc_arena_alloc(a, *n / 2 * 3 + 1), *to = all;

	for (size_t i = 0; all && i + 1 < *n; i += 2) {
		uint32_t c = utf16_read_unit(s + i, big),
			 low = i + 3 < *n ? utf16_read_unit(s + i + 2, big) : 0;

		if (c >= 0xD800 && c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			i += 2;
		}
		to = ovf_text_put_utf8(to, c);
	}
	*n = all ? (size_t)(to - all) : 0;
	return all;
}

static const char *ovf_text_from_latin1(struct vbc_arena *a, const unsigned char *s, size_t *n)
{
	char *all = vbc_arena_alloc(a, *n * 2 + 1), *to = all;

	for (size_t i = 0; all && i < *n; i++)
		to = ovf_text_put_utf8(to, s[i]);
	*n = all ? (size_t)(to - all) : 0;
	return all;
}

/* Whether the first line says that the text is in Latin-1, or what Windows has for that. */
static bool ovf_text_says_latin1(const char *text, size_t n)
{
	static const char *const names[] = {"iso-8859-1", "windows-1252", "latin1"};
	const char *end = memchr(text, '>', n < 200 ? n : 200);
	char line[201] = "";

	if (!end)
		return false;
	memcpy(line, text, (size_t)(end - text));
	for (size_t i = 0; i < VBC_COUNT(names); i++)
		if (strcasestr(line, names[i]))
			return true;
	return false;
}

const char *vbc_ovf_utf8(struct vbc_arena *a, const char *text, size_t *n)
{
	const unsigned char *s = (const unsigned char *)text;

	if (*n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
		*n -= 3;
		return text + 3;
	}
	if (*n >= 2 && (memcmp(s, "\xFF\xFE", 2) == 0 || memcmp(s, "\xFE\xFF", 2) == 0)) {
		*n -= 2;
		return ovf_text_from_utf16(a, s + 2, n, s[0] == 0xFE);
	}
	if (*n >= 2 && !s[0] != !s[1])
		return ovf_text_from_utf16(a, s, n, s[0] == 0);
	return ovf_text_says_latin1(text, *n) ? ovf_text_from_latin1(a, s, n) : text;
}
