/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_PORT_RECONCILE_H
#define VBC_FORWARD_PORT_RECONCILE_H

#include "vbox/op.h"

struct vbc_meta;
struct vbc_node_ref;
struct vbc_recover_how;

/*
 * Gives back those ports of a node that its machine does not use, and reserves those that it does:
 * after its forwards or its display were changed in another way than one by one.
 */
int vbc_port_reconcile(struct vbc_op *op, const char *node, vbc_ref machine);

/*
 * The journal's undo of what changes a node's ports: `undo` on its machine, whose reservations are
 * as it is after that; where it is gone, its ports are free.
 */
int vbc_port_undo(struct vbc_op *op, const char *node, const struct vbc_meta *entry,
		  int (*undo)(struct vbc_op *op, const struct vbc_node_ref *node,
			      const struct vbc_meta *entry));

/*
 * Tells of each reservation whose node is gone or does not use that port, and removes it unless
 * that is a dry run; for gc. keys: of the host's extra data, without what the recovery of
 * the journal has removed.
 */
int vbc_port_recover(struct vbc_op *op, const struct vbc_strs *keys,
		     const struct vbc_recover_how *how);

#endif
