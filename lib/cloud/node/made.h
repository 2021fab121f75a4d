/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is shown of a node that was just made: most of it was said when it was made, and need not be
 * asked.
 */
#ifndef VBC_NODE_MADE_H
#define VBC_NODE_MADE_H

#include "node/new-node.h"

/* As vbc_node_read(), of a node that was made of an image. */
int vbc_node_read_made(struct vbc_op *op, const struct vbc_new_node *c, struct vbc_node **ret);

#endif
