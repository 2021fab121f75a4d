/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

bool vbc_ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool vbc_has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcasecmp(name + n - m, suffix) == 0;
}

/* One character of UTF-8 at s; its length, or 0 when the bytes are none. Strict: no overlong
 * form, nothing above U+10FFFF; surrogates are decoded, so that the caller can name them. */
static size_t utf8_read_next(const unsigned char *s, size_t n, long *ret_char)
{
	static const long least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s[0] < 0x80    ? 1
		     : s[0] >= 0xF5 ? 0
		     : s[0] >= 0xF0 ? 4
		     : s[0] >= 0xE0 ? 3
		     : s[0] >= 0xC2 ? 2
				    : 0;
	long c;

	if (len == 0 || len > n)
		return 0;
	c = len == 1 ? s[0] : s[0] & (0x7F >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3F);
	}
	if (c < least[len] || c > 0x10FFFF)
		return 0;
	*ret_char = c;
	return len;
}

static bool utf8_char_ok(long c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
}

bool vbc_text_ok(const char *s, size_t n, size_t *ret_at, long *ret_char)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t at = 0, len; at < n; at += len) {
		long c = -1;

		if (u[at] >= 0x20 && u[at] < 0x7F) {
			len = 1;
			continue;
		}
		len = utf8_read_next(u + at, n - at, &c);
		if (len == 0 || !utf8_char_ok(c)) {
			*ret_at = at;
			*ret_char = c;
			return false;
		}
	}
	return true;
}

size_t vbc_utf8_count(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

bool vbc_parse_u64(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value))
			return false;
	}
	if (value > max)
		return false;
	*ret = value;
	return true;
}

bool vbc_is_uuid(const char *s)
{
	if (strlen(s) != 36)
		return false;
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	return true;
}

bool vbc_is_ip(const char *s)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, s, address) == 1 || inet_pton(AF_INET6, s, address) == 1;
}

bool vbc_uuid_new(char ret[37])
{
	unsigned char b[16];

	if (getentropy(b, sizeof(b)))
		return false;
	b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
	for (int i = 0, at = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		snprintf(ret + at, 3, "%02x", b[i]);
		at += 2;
	}
	return true;
}
