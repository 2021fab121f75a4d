/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teleport-state.h"

#include "base/clock.h"

#define POLL_MS 100
#define REST_MS 30000

static const struct {
	enum vbc_MachineState machine;
	enum vbc_teleport_state teleport;
} states[] = {
	{VBC_MachineState_PoweredOff, VBC_TELEPORT_OFF},
	{VBC_MachineState_Aborted, VBC_TELEPORT_OFF},
	{VBC_MachineState_TeleportingIn, VBC_TELEPORT_LISTENING},
	{VBC_MachineState_Teleporting, VBC_TELEPORT_SENDING},
	{VBC_MachineState_TeleportingPausedVM, VBC_TELEPORT_SENDING},
	{VBC_MachineState_Teleported, VBC_TELEPORT_GIVEN},
	{VBC_MachineState_Running, VBC_TELEPORT_UP},
	{VBC_MachineState_Paused, VBC_TELEPORT_UP},
};

int vbc_teleport_state(struct vbc_op *op, vbc_ref machine, enum vbc_teleport_state *ret)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	int code = vbc_IMachine_getState(op, machine, &state);

	if (code)
		return code;
	*ret = VBC_TELEPORT_ELSE;
	for (size_t i = 0; i < VBC_COUNT(states); i++)
		if (states[i].machine == state)
			*ret = states[i].teleport;
	return VBC_OK;
}

int vbc_teleport_rest(struct vbc_op *op, vbc_ref machine, enum vbc_teleport_state *ret)
{
	int64_t deadline = vbc_now_ms() + REST_MS;
	int code = vbc_teleport_state(op, machine, ret);

	while (!code && (*ret == VBC_TELEPORT_SENDING || *ret == VBC_TELEPORT_LISTENING)) {
		if (vbc_now_ms() >= deadline)
			return vbc_fail(&op->error, VBC_E_BUSY, "it is still being teleported");
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = vbc_teleport_state(op, machine, ret);
	}
	return code;
}
