/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VirtualBox's machine states in the words of a cloud.
 */
#include "machine/state.h"

static const struct {
	enum vbc_MachineState machine;
	enum vbc_node_state node;
} states[] = {
	{VBC_MachineState_Null, VBC_NODE_STATE_ERROR}, /* inaccessible */
	{VBC_MachineState_PoweredOff, VBC_NODE_STATE_STOPPED},
	{VBC_MachineState_Saved, VBC_NODE_STATE_SUSPENDED},
	{VBC_MachineState_Teleported, VBC_NODE_STATE_STOPPED},
	{VBC_MachineState_Aborted, VBC_NODE_STATE_STOPPED},
	{VBC_MachineState_AbortedSaved, VBC_NODE_STATE_SUSPENDED},
	{VBC_MachineState_Running, VBC_NODE_STATE_RUNNING},
	{VBC_MachineState_Paused, VBC_NODE_STATE_PAUSED},
	{VBC_MachineState_Stuck, VBC_NODE_STATE_ERROR},
	{VBC_MachineState_Teleporting, VBC_NODE_STATE_RUNNING},
	{VBC_MachineState_LiveSnapshotting, VBC_NODE_STATE_RUNNING},
	{VBC_MachineState_Starting, VBC_NODE_STATE_STARTING},
	{VBC_MachineState_Stopping, VBC_NODE_STATE_STOPPING},
	{VBC_MachineState_Saving, VBC_NODE_STATE_STOPPING},
	{VBC_MachineState_Restoring, VBC_NODE_STATE_STARTING},
	{VBC_MachineState_TeleportingPausedVM, VBC_NODE_STATE_PAUSED},
	{VBC_MachineState_TeleportingIn, VBC_NODE_STATE_STARTING},
	{VBC_MachineState_FaultTolerantSyncing, VBC_NODE_STATE_RUNNING},
	{VBC_MachineState_DeletingSnapshotOnline, VBC_NODE_STATE_RUNNING},
	{VBC_MachineState_DeletingSnapshotPaused, VBC_NODE_STATE_PAUSED},
	{VBC_MachineState_OnlineSnapshotting, VBC_NODE_STATE_RUNNING},
	{VBC_MachineState_RestoringSnapshot, VBC_NODE_STATE_UPDATING},
	{VBC_MachineState_DeletingSnapshot, VBC_NODE_STATE_UPDATING},
	{VBC_MachineState_SettingUp, VBC_NODE_STATE_UPDATING},
	{VBC_MachineState_Snapshotting, VBC_NODE_STATE_UPDATING},
};

enum vbc_node_state vbc_node_state_from(enum vbc_MachineState state)
{
	for (size_t i = 0; i < VBC_COUNT(states); i++)
		if (states[i].machine == state)
			return states[i].node;
	return VBC_NODE_STATE_UNKNOWN;
}

void vbc_node_set_state(struct vbc_node *node, enum vbc_MachineState state)
{
	node->state = vbc_node_state_from(state);
	node->machine_state = state == VBC_MachineState_Null
				      ? "Inaccessible"
				      : vbc_enum_name(VBC_ENUM_MachineState, (int)state);
}

bool vbc_state_is_up(enum vbc_node_state state)
{
	return state == VBC_NODE_STATE_RUNNING || state == VBC_NODE_STATE_PAUSED;
}

const char *vbc_node_state_name(enum vbc_node_state state)
{
	static const char *const names[] = {
		[VBC_NODE_STATE_UNKNOWN] = "unknown",     [VBC_NODE_STATE_RUNNING] = "running",
		[VBC_NODE_STATE_STARTING] = "starting",   [VBC_NODE_STATE_STOPPING] = "stopping",
		[VBC_NODE_STATE_STOPPED] = "stopped",     [VBC_NODE_STATE_PAUSED] = "paused",
		[VBC_NODE_STATE_SUSPENDED] = "suspended", [VBC_NODE_STATE_UPDATING] = "updating",
		[VBC_NODE_STATE_ERROR] = "error",
	};

	return (size_t)state < VBC_COUNT(names) ? names[state] : names[VBC_NODE_STATE_UNKNOWN];
}
