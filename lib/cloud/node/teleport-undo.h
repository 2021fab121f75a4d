/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The end of a teleport on either host, in whatever state it was when it ended; node/teleport.c
 * draws which that are. One program may be at it on both hosts, or each host's next command alone.
 */
#ifndef VBC_NODE_TELEPORT_UNDO_H
#define VBC_NODE_TELEPORT_UNDO_H

#include "vbox/op.h"

struct vbc_meta;

#define VBC_TELEPORT_NODE "node" /* in the target's journal: the node's metadata */
#define VBC_TELEPORT_SENT "sent" /* in both: the source may have given it away   */

/* On the target: the node is this host's now. */
int vbc_teleport_arrive(struct vbc_op *op, vbc_ref machine, const char *id,
			const struct vbc_meta *entry);

/* On the target: it knows none of the node's disks, as long as it does not know the node. */
void vbc_teleport_forget_disks(struct vbc_op *op, const struct vbc_meta *entry);

/* What is to be done on the target and on the source, see struct vbc_journal_kind. */
int vbc_node_arrive_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_node_leave_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
