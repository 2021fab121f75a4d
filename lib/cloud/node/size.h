/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_SIZE_H
#define VBC_NODE_SIZE_H

#include "vbox/op.h"

struct vbc_node;
struct vbc_told;

/*
 * Fills in the sizes of nodes whose CPUs and memory are known, in the operation's arena; of those
 * that VirtualBox cannot read they are unknown. told: of each machine, something or nothing.
 * exact: the disk is asked for, too, where its size was recorded when it was made. ret_disks: the
 * disk of each whose size may be another the next time, without an event that tells of it.
 */
int vbc_node_sizes(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs,
		   const struct vbc_told *told, size_t n, bool exact, vbc_ref *ret_disks);

/*
 * The same of nodes all else of which is known to be as it was: only the sizes of their disks are
 * asked. ret_lost: of which that is unknown now, or known for good, so that the node must be read
 * again.
 */
int vbc_node_sizes_again(struct vbc_op *op, struct vbc_node *const *nodes, const vbc_ref *disks,
			 size_t n, bool *ret_lost);

#endif
