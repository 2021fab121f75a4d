/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t base64_read_triple(const unsigned char *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static char *base64_write_quad(char *to, uint32_t v)
{
	to[0] = digits[v >> 18 & 63];
	to[1] = digits[v >> 12 & 63];
	to[2] = digits[v >> 6 & 63];
	to[3] = digits[v & 63];
	return to + 4;
}

void vbc_base64_encode(struct vbc_buf *out, const void *data, size_t size)
{
	const unsigned char *p = data;
	unsigned char last[3] = {0};
	size_t whole = size / 3, rest = size % 3;
	char *to;

	if (size > SIZE_MAX / 2 || !vbc_buf_reserve(out, (size + 2) / 3 * 4)) {
		out->failed = true;
		return;
	}
	to = out->data + out->len;
	for (size_t i = 0; i < whole; i++, p += 3)
		to = base64_write_quad(to, base64_read_triple(p));
	if (rest) {
		for (size_t i = 0; i < rest; i++)
			last[i] = p[i];
		to = base64_write_quad(to, base64_read_triple(last));
		to[-1] = '=';
		if (rest == 1)
			to[-2] = '=';
	}
	out->len += (size + 2) / 3 * 4;
	out->data[out->len] = '\0';
}

enum { PAD = 64, SPACE, OTHER };

/* What each character means: 0 to 63, or one of the above. */
static void base64_fill_values(unsigned char values[256])
{
	memset(values, OTHER, 256);
	for (size_t i = 0; i < 64; i++)
		values[(unsigned char)digits[i]] = (unsigned char)i;
	values['='] = PAD;
	values[' '] = values['\t'] = values['\r'] = values['\n'] = SPACE;
}

static unsigned char *base64_write_triple(unsigned char *to, uint32_t v)
{
	to[0] = (unsigned char)(v >> 16);
	to[1] = (unsigned char)(v >> 8);
	to[2] = (unsigned char)v;
	return to + 3;
}

/* Decodes four digits at once, as long as nothing but digits follows; returns how many it took. */
static size_t base64_decode_quads(const unsigned char values[256], const unsigned char *s, size_t n,
				  unsigned char **to)
{
	size_t i = 0;

	for (; n - i >= 4; i += 4) {
		uint32_t a = values[s[i]], b = values[s[i + 1]];
		uint32_t c = values[s[i + 2]], d = values[s[i + 3]];

		if ((a | b | c | d) > 63)
			break;
		*to = base64_write_triple(*to, a << 18 | b << 12 | c << 6 | d);
	}
	return i;
}

bool vbc_base64_decode(struct vbc_arena *a, const char *s, size_t n, void **ret_data,
		       size_t *ret_size)
{
	unsigned char values[256], *out = vbc_arena_alloc(a, n / 4 * 3 + 3), *to = out;
	const unsigned char *in = (const unsigned char *)s;
	uint32_t bits = 0;
	size_t have = 0, pads = 0;

	if (!out)
		return false;
	base64_fill_values(values);
	for (size_t i = 0; i < n; i++) {
		unsigned v;

		if (have % 4 == 0 && !pads)
			i += base64_decode_quads(values, in + i, n - i, &to);
		if (i == n)
			break;
		v = values[in[i]];
		if (v == SPACE)
			continue;
		if (v == OTHER || (v < PAD && pads))
			return false;
		if (v == PAD) {
			pads++;
			continue;
		}
		bits = bits << 6 | v;
		if (++have % 4 == 0)
			to = base64_write_triple(to, bits);
	}
	if (have % 4 == 1 || pads > 2 || (have + pads) % 4 != 0)
		return false;
	if (have % 4 == 2)
		*to++ = (unsigned char)(bits >> 4);
	if (have % 4 == 3) {
		*to++ = (unsigned char)(bits >> 10);
		*to++ = (unsigned char)(bits >> 2);
	}
	*ret_data = out;
	*ret_size = (size_t)(to - out);
	return true;
}
