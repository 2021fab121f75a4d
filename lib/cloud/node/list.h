/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_LIST_H
#define VBC_NODE_LIST_H

#include "vbox/op.h"

struct vbc_node;

/* As vbc_node_query(), with their sizes. */
int vbc_node_query_sized(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only,
			 unsigned fields, struct vbc_node **ret_nodes, vbc_ref **ret_refs,
			 size_t *ret_n);

/* *ret is a result of its own, with a copy of the node. */
int vbc_node_hand_out(struct vbc_op *op, const struct vbc_node *node, struct vbc_node **ret);

/* All there is to know of one node; *ret is a result of its own. */
int vbc_node_read(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_node **ret);

#endif
