/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>

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

/* 0..63, 64 for '=', 65 for white space, 66 for anything else */
static unsigned base64_digit_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26u;
	if (c >= '0' && c <= '9')
		return c - '0' + 52u;
	if (c == '+' || c == '/')
		return c == '+' ? 62 : 63;
	if (c == '=')
		return 64;
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' ? 65 : 66;
}

bool vbc_base64_decode(struct vbc_arena *a, const char *s, size_t n, void **ret_data,
		       size_t *ret_size)
{
	unsigned char *out = vbc_arena_alloc(a, n / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t size = 0, have = 0, pads = 0;

	if (!out)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned v = base64_digit_value((unsigned char)s[i]);

		if (v == 65)
			continue;
		if (v == 66 || (v < 64 && pads))
			return false;
		if (v == 64) {
			pads++;
			continue;
		}
		bits = bits << 6 | v;
		if (++have % 4 == 0) {
			out[size++] = (unsigned char)(bits >> 16);
			out[size++] = (unsigned char)(bits >> 8);
			out[size++] = (unsigned char)bits;
		}
	}
	if (have % 4 == 1 || pads > 2 || (have + pads) % 4 != 0)
		return false;
	if (have % 4 == 2)
		out[size++] = (unsigned char)(bits >> 4);
	if (have % 4 == 3) {
		out[size++] = (unsigned char)(bits >> 10);
		out[size++] = (unsigned char)(bits >> 2);
	}
	*ret_data = out;
	*ret_size = size;
	return true;
}
