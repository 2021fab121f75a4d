/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/state-now.h"

#include "machine/state.h"

int vbc_machine_state(struct vbc_op *op, vbc_ref machine, enum vbc_node_state *ret_state)
{
	enum vbc_MachineState state = VBC_MachineState_Unknown;
	int code = vbc_IMachine_getState(op, machine, &state);

	*ret_state = vbc_node_state_from(state);
	return code;
}
