/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making a node.
 */
#ifndef VBC_NODE_CREATE_H
#define VBC_NODE_CREATE_H

#include "node/new-node.h"

struct vbc_meta;

/* Whether the disk and what the image demands fit the size. */
int vbc_node_check_image(struct vbc_op *op, const struct vbc_new_node *c);

/* Makes it; whatever fails, nothing of it stays. */
int vbc_node_make(struct vbc_op *op, struct vbc_new_node *c);

/* Undoes it, see struct vbc_journal_kind. */
int vbc_node_create_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
