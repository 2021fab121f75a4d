/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGE_QUERY_H
#define VBC_IMAGE_QUERY_H

#include "vbox/op.h"

struct vbc_image;

/*
 * All images, in the operation's arena; `only` (may be null): just that medium, if it
 * is an image. fields: VBC_DISK_FILE, or 0: without format and sizes.
 */
int vbc_image_query(struct vbc_op *op, vbc_ref only, unsigned fields, struct vbc_image **ret_images,
		    size_t *ret_n);

/* Finds one image by its id or by a name that only one has; strings in the operation's
 * arena. */
int vbc_image_find(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
		   vbc_ref *ret_medium);
/* The same without its format and what it takes on the host, for what is made of it. */
int vbc_image_find_source(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
			  vbc_ref *ret_medium);
/* The same with all, to lose what it has: see vbc_disk_find(). */
int vbc_image_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
			  vbc_ref *ret_medium);

#endif
