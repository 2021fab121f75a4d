/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_CHOOSE_SIZE_H
#define VBC_NODE_CHOOSE_SIZE_H

#include "vbox/op.h"

struct vbc_image;
struct vbc_node_create_opts;
struct vbc_size;

/*
 * The size of a new node of an image, whatever its host has: as vbc_node_create_opts says. Its id
 * is opts->node_size, or in the operation's arena.
 */
int vbc_node_choose_size(struct vbc_op *op, const struct vbc_node_create_opts *opts,
			 const struct vbc_image *image, struct vbc_size *ret);

#endif
