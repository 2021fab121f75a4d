/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_STATE_H
#define VBC_MACHINE_STATE_H

#include <vboxcloud/node.h>

#include "vbox/op.h"

enum vbc_node_state vbc_node_state_from(enum vbc_MachineState state);

#endif
