/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGE_IMAGE_H
#define VBC_IMAGE_IMAGE_H

#include "vbox/op.h"

struct vbc_image;

/* Copies an image into a result of its own. */
int vbc_image_result(struct vbc_op *op, const struct vbc_image *image, struct vbc_image **ret);

#endif
