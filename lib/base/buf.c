/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void vbc_buf_init(struct vbc_buf *b, size_t max)
{
	*b = (struct vbc_buf){.max = max};
}

void vbc_buf_done(struct vbc_buf *b)
{
	if (b->secret && b->data)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	*b = (struct vbc_buf){.max = b->max, .secret = b->secret};
}

int vbc_buf_hand_over(struct vbc_buf *b, int code, char **ret_text, size_t *ret_size)
{
	if (code) {
		vbc_buf_done(b);
		return code;
	}
	vbc_buf_add(b, "", 0); /* at least its end is there */
	*ret_text = b->data;
	*ret_size = b->len;
	return code;
}

void vbc_buf_reset(struct vbc_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

/* realloc() leaves what it moved behind. */
static char *buf_grow_secret(struct vbc_buf *b, size_t cap)
{
	char *data = malloc(cap);

	if (data && b->data) {
		memcpy(data, b->data, b->cap);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	return data;
}

bool vbc_buf_reserve(struct vbc_buf *b, size_t n)
{
	size_t want, cap = b->cap ? b->cap : 256;
	char *data;

	if (b->failed || n > b->max || b->len > b->max - n || b->len + n == SIZE_MAX) {
		b->failed = true;
		return false;
	}
	want = b->len + n + 1;
	if (want <= b->cap)
		return true;
	while (cap < want)
		cap = cap > SIZE_MAX / 2 ? want : cap * 2;
	data = b->secret ? buf_grow_secret(b, cap) : realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void vbc_buf_add(struct vbc_buf *b, const void *p, size_t n)
{
	if (!vbc_buf_reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void vbc_buf_puts(struct vbc_buf *b, const char *s)
{
	vbc_buf_add(b, s, strlen(s));
}

void vbc_buf_putc(struct vbc_buf *b, char c)
{
	vbc_buf_add(b, &c, 1);
}

void vbc_buf_printf(struct vbc_buf *b, const char *format, ...)
{
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n < 0)
		b->failed = true;
	else if (vbc_buf_reserve(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(args);
}
