/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A growing string with a declared maximum. The first failure (no memory, too long) sticks in
 * `failed`, later additions do nothing, so a writer checks once at its end.
 */
#ifndef VBC_BASE_BUF_H
#define VBC_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct vbc_buf {
	char *data; /* NUL-terminated as soon as anything was added */
	size_t len, cap, max;
	bool failed;
	bool secret; /* what it held is overwritten wherever it lay; set after vbc_buf_init() */
};

void vbc_buf_init(struct vbc_buf *b, size_t max);
void vbc_buf_done(struct vbc_buf *b);
/* The text is the caller's, to be freed, if `code` is VBC_OK; else it is done. Returns code. */
int vbc_buf_hand_over(struct vbc_buf *b, int code, char **ret_text, size_t *ret_size);
/* Empties it, keeps the memory, forgets a failure. */
void vbc_buf_reset(struct vbc_buf *b);
/* Makes room for n more bytes; false and `failed` when that cannot be. */
bool vbc_buf_reserve(struct vbc_buf *b, size_t n);
void vbc_buf_add(struct vbc_buf *b, const void *p, size_t n);
void vbc_buf_puts(struct vbc_buf *b, const char *s);
void vbc_buf_putc(struct vbc_buf *b, char c);
void vbc_buf_printf(struct vbc_buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define VBC_BUF VBC_CLEANUP(vbc_buf_done)

#endif
