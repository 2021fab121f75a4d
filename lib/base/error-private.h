/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Filling a struct vbc_error. The first error wins: a struct that holds one is left alone, so
 * cleaning up after a failure can pass the same struct, or NULL.
 */
#ifndef VBC_BASE_ERROR_PRIVATE_H
#define VBC_BASE_ERROR_PRIVATE_H

#include <vboxcloud/error.h>

/* Sets code and text if err (may be NULL) holds none yet; returns code. */
int vbc_fail(struct vbc_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with the way out: the text says only what failed, and why. */
int vbc_fail_hint(struct vbc_error *err, int code, enum vbc_hint hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Says an error that is set in other words, which may have its text in them; what else is known of
 * it stays. Returns `code`.
 */
int vbc_error_restate(struct vbc_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text of an error that is set; returns err's code or `code`. */
int vbc_error_prefix(struct vbc_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

int vbc_fail_nomem(struct vbc_error *err);

/*
 * What the caller or the host gave may be anything: makes it one line of UTF-8, without control
 * characters. In place.
 */
void vbc_line_tidy(char *text);

#endif
