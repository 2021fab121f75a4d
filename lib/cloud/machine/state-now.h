/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_STATE_NOW_H
#define VBC_MACHINE_STATE_NOW_H

#include <vboxcloud/node.h>

#include "vbox/op.h"

/* The state now; VBC_NODE_STATE_UNKNOWN when that fails. */
int vbc_machine_state(struct vbc_op *op, vbc_ref machine, enum vbc_node_state *ret_state);

#endif
