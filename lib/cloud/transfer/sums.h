/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Checksums that a file is to have: as people state them, and in the lists that lie beside images.
 */
#ifndef VBC_TRANSFER_SUMS_H
#define VBC_TRANSFER_SUMS_H

#include <stdbool.h>
#include <stddef.h>

#include "transfer/checksum.h"

struct vbc_error;

struct vbc_sum {
	char algorithm[8]; /* OpenSSL's name; "": none is stated */
	char digits[VBC_CHECKSUM_TEXT_MAX];
};

/* A SHA-256 in hexadecimal. Errors: VBC_E_ARG. */
int vbc_sum_parse(const char *digits, struct vbc_sum *ret, struct vbc_error *err);

/*
 * Finds the strongest one of a file in a list: lines of sha256sum or of BSD ("SHA256 (x) =
 * 0a1b..."), with comments, signed or not (the signature is not verified), or just one sum. SHA-256
 * and longer count. `list` names it in errors. Errors: VBC_E_ARG (it has none, or two that differ).
 */
int vbc_sums_find(const char *text, size_t n, const char *name, const char *list,
		  struct vbc_sum *ret, struct vbc_error *err);

/* Fails when the bytes that were summed up have another; `file` names them in errors. */
int vbc_sum_check(const struct vbc_sum *want, const struct vbc_checksum *made, const char *file,
		  struct vbc_error *err);

#endif
