/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Temporary files in the user's cache folder. They have no name: nothing is left of one when its
 * program ends, in whatever way.
 */
#ifndef VBC_TRANSFER_SPOOL_H
#define VBC_TRANSFER_SPOOL_H

#include <stddef.h>
#include <stdint.h>

struct vbc_error;

struct vbc_spool {
	int fd;
	char *folder;
	uint64_t size_bytes;
};

/* Errors: VBC_E_ARG (there is no folder for it), VBC_E_NOMEM. */
int vbc_spool_open(struct vbc_spool *ret, struct vbc_error *err);
/* Closes it, if it is open. */
void vbc_spool_close(struct vbc_spool *spool);

/* Adds bytes. Errors: VBC_E_SPACE. */
int vbc_spool_add(struct vbc_spool *spool, const void *data, size_t n, struct vbc_error *err);
/* Makes it empty again. */
int vbc_spool_empty(struct vbc_spool *spool, struct vbc_error *err);

#endif
