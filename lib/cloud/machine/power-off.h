/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_POWER_OFF_H
#define VBC_MACHINE_POWER_OFF_H

#include <vboxcloud/node.h>

#include "vbox/op.h"

struct vbc_lock;

/* Locks a running node; VBC_E_STATE when it has stopped meanwhile. */
int vbc_node_take_console(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *lock,
			  vbc_ref *ret_console);

/* Whether a machine in this state has power. */
bool vbc_node_has_power(enum vbc_node_state s);

/* With a lock that is prepared: cuts the power if there is any, waits until nobody has it locked.
 */
int vbc_node_power_off(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock);

#endif
