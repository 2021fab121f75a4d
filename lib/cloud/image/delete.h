/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGE_DELETE_H
#define VBC_IMAGE_DELETE_H

#include "vbox/op.h"

struct vbc_meta;

/* What has begun to go cannot come back: this one finishes it. */
int vbc_image_delete_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
