/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/lock.h"

#include "vbox/lock.h"

int vbc_machine_lock_as(struct vbc_op *op, vbc_ref machine, const char *id,
			enum vbc_node_state state, struct vbc_lock *ret_lock)
{
	return vbc_lock_take(op, machine, id,
			     vbc_state_is_up(state) ? VBC_LockType_Shared : VBC_LockType_Write,
			     ret_lock);
}

int vbc_machine_lock(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *ret_lock)
{
	enum vbc_node_state state;
	int code = vbc_machine_state(op, machine, &state);

	return code ? code : vbc_machine_lock_as(op, machine, id, state, ret_lock);
}
