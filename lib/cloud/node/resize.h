/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_RESIZE_H
#define VBC_NODE_RESIZE_H

#include "vbox/op.h"

struct vbc_meta;
struct vbc_node_ref;

/* Undoes it, see struct vbc_journal_kind; machine Null: there is none any more. */
int vbc_node_resize_undo(struct vbc_op *op, const struct vbc_node_ref *node,
			 const struct vbc_meta *entry);

#endif
