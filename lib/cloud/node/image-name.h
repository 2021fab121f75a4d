/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_IMAGE_NAME_H
#define VBC_NODE_IMAGE_NAME_H

#include "vbox/op.h"

struct vbc_node;

/*
 * Adds to nodes the names of the images that they were made from, as far as these are recorded,
 * with one call for each image. keys: of the host's extra data.
 */
int vbc_node_image_names(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_node *nodes,
			 size_t n);

#endif
