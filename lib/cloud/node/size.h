/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_SIZE_H
#define VBC_NODE_SIZE_H

#include "vbox/op.h"

struct vbc_node;

/*
 * Fills in the sizes of nodes whose CPUs and memory are known, in the operation's arena; of those
 * that VirtualBox cannot read they are unknown. exact: the disk is asked for, too, where its size
 * was recorded when it was made.
 */
int vbc_node_sizes(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs, size_t n,
		   bool exact);

#endif
