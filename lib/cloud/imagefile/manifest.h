/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Manifests beside descriptions of machines: a checksum of each file.
 */
#ifndef VBC_IMAGEFILE_MANIFEST_H
#define VBC_IMAGEFILE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "transfer/checksum.h"

struct vbc_error;

struct vbc_manifest_sum {
	char algorithm[16];                 /* "SHA256"      */
	char digits[VBC_CHECKSUM_TEXT_MAX]; /* in lower case */
};

enum { VBC_MANIFEST_SUMS = 4 }; /* as many as there are algorithms */

/* All that a manifest has of one file, each with another algorithm. */
struct vbc_manifest_sums {
	size_t n;
	struct vbc_manifest_sum v[VBC_MANIFEST_SUMS];
	char unknown[16]; /* an algorithm that is not checked; "": none */
};

/* UTF-8; text NULL: there is none */
struct vbc_manifest {
	const char *text;
	size_t n;
};

/*
 * Finds the sums of a file, which goes by any of those names, in whatever case; NULL ends them.
 * False: a line is of the file, and cannot be read or contradicts another.
 */
bool vbc_manifest_find(const struct vbc_manifest *mf, const char *const *names,
		       struct vbc_manifest_sums *ret);

/* The next file that it names, from *at on, which begins at 0; false: there are no more. */
bool vbc_manifest_next_name(const struct vbc_manifest *mf, size_t *at, const char **ret,
			    size_t *ret_n);

/* Compares with what was added to `sum`. `path` names what holds the file in errors. */
int vbc_manifest_check(const struct vbc_manifest_sum *want, const struct vbc_checksum *sum,
		       const char *path, const char *name, struct vbc_error *err);

#endif
