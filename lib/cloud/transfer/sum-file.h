/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists of checksums that are fetched, and files here that are compared with a sum.
 */
#ifndef VBC_TRANSFER_SUM_FILE_H
#define VBC_TRANSFER_SUM_FILE_H

#include "transfer/sums.h"

struct vbc_looking;

/*
 * Fetches a list, by a URL of http, https or file, and finds the sum of a file in it. looking may
 * be NULL. Errors: VBC_E_ARG, VBC_E_NOTFOUND, VBC_E_FETCH.
 */
int vbc_sum_fetch(const char *url, const char *name, const struct vbc_looking *looking,
		  struct vbc_sum *ret, struct vbc_error *err);

/* Whether a file here has a sum. looking may be NULL. Errors: VBC_E_ARG, VBC_E_NOTFOUND. */
int vbc_sum_check_local(const char *path, const struct vbc_sum *want,
			const struct vbc_looking *looking, struct vbc_error *err);

#endif
