/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_REBUILD_H
#define VBC_NODE_REBUILD_H

#include "vbox/op.h"

struct vbc_meta;
struct vbc_node_ref;

/* Undoes it, or completes it, see struct vbc_journal_kind; machine Null: there is none any more. */
int vbc_node_rebuild_undo(struct vbc_op *op, const struct vbc_node_ref *node,
			  const struct vbc_meta *entry);

#endif
