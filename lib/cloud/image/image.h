/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGE_IMAGE_H
#define VBC_IMAGE_IMAGE_H

#include "vbox/op.h"

struct vbc_image;

/* Copies an image's strings into a caller's arena; false when there is no memory. */
bool vbc_image_dup(struct vbc_arena *a, const struct vbc_image *from, struct vbc_image *ret);

/* The same as a result of its own. */
int vbc_image_result(struct vbc_op *op, const struct vbc_image *image, struct vbc_image **ret);

#endif
