/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_POWER_H
#define VBC_NODE_POWER_H

#include <vboxcloud/node.h>

#include "vbox/op.h"

struct vbc_node_ref;

/* Starts a node that is stopped or suspended, or lets a paused one go on. */
int vbc_node_wake(struct vbc_op *op, const struct vbc_node_ref *f, enum vbc_node_state state);

#endif
