/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The source of an import that has to be fetched first, and the checksum that any is to have.
 */
#ifndef VBC_IMAGE_FETCHED_H
#define VBC_IMAGE_FETCHED_H

#include "vbox/op.h"

struct vbc_looking;
struct vbc_source;

/* Checks a file here against the checksum it is to have, if one is stated. */
int vbc_source_check_here(struct vbc_source *source, const struct vbc_looking *looking,
			  struct vbc_error *err);

/*
 * Begins to fetch what is not here, up to where `here` is open. It is read as a stream if that can
 * be, else it lies in a temporary file then. looking must stay until the source is closed. A second
 * run finds it open.
 */
int vbc_source_fetch(struct vbc_op *op, struct vbc_source *source,
		     const struct vbc_looking *looking);

#endif
