/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_STATE_H
#define VBC_MACHINE_STATE_H

#include <vboxcloud/node.h>

#include "vbox/op.h"

enum vbc_node_state vbc_node_state_from(enum vbc_MachineState state);

/* Sets both words for the state of a machine; Null: VirtualBox cannot read it. */
void vbc_node_set_state(struct vbc_node *node, enum vbc_MachineState state);

/* Whether a machine in this state has a guest, which may stand still. */
bool vbc_state_is_up(enum vbc_node_state state);

#endif
