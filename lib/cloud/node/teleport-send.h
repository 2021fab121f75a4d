/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_TELEPORT_SEND_H
#define VBC_NODE_TELEPORT_SEND_H

#include "vbox/op.h"

struct vbc_node_ref;
struct vbc_teleport_way;

/*
 * On the source: sends the node. Afterwards it is the target's, or still here and running. The
 * target may not listen yet.
 */
int vbc_teleport_send(struct vbc_op *op, struct vbc_op *target, const struct vbc_node_ref *node,
		      const struct vbc_teleport_way *way);

#endif
