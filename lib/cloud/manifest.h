/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Manifests beside descriptions of machines: a checksum of each file.
 */
#ifndef VBC_CLOUD_MANIFEST_H
#define VBC_CLOUD_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "checksum.h"
#include "error-private.h"

struct vbc_manifest_sum {
	char algorithm[16];                 /* "SHA256"; "": it has none of the file */
	char digits[VBC_CHECKSUM_TEXT_MAX]; /* in lower case                       */
};

/* What a manifest of n bytes has of a file. */
struct vbc_manifest_sum vbc_manifest_find(const char *text, size_t n, const char *name);

/* Compares with what was added to `sum`. `path` names what holds the file in errors. */
int vbc_manifest_check(const struct vbc_manifest_sum *want, const struct vbc_checksum *sum,
		       const char *path, const char *name, struct vbc_error *err);

#endif
