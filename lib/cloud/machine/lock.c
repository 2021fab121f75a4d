/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/lock.h"

#include "machine/state.h"
#include "vbox/lock.h"

int vbc_machine_lock_as(struct vbc_op *op, vbc_ref machine, const char *id,
			enum vbc_node_state state, struct vbc_lock *ret_lock)
{
	return vbc_lock_take(op, machine, id,
			     vbc_state_is_up(state) ? VBC_LockType_Shared : VBC_LockType_Write,
			     ret_lock);
}

/*
 * While VirtualBox works on its snapshots a machine is up, too; but sharing its lock then lets
 * nothing be changed, and waiting for the lock for changing leaves none behind.
 */
int vbc_machine_lock(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *ret_lock)
{
	enum vbc_MachineState state = VBC_MachineState_Unknown;
	int code = vbc_IMachine_getState(op, machine, &state);
	bool shared = state == VBC_MachineState_Running || state == VBC_MachineState_Paused;

	return code ? code
		    : vbc_lock_take(op, machine, id,
				    shared ? VBC_LockType_Shared : VBC_LockType_Write, ret_lock);
}
