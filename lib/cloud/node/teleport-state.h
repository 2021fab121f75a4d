/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The states of a machine on its way, on either host. VirtualBox has more of them, and names some
 * as if they said where the machine is; these are all that a teleport is judged by. Where none of
 * them tells, its logs do, see node/teleport-log.h.
 */
#ifndef VBC_NODE_TELEPORT_STATE_H
#define VBC_NODE_TELEPORT_STATE_H

#include "vbox/op.h"

enum vbc_teleport_state {
	/* None of the others: it starts, is suspended, or cannot be read. */
	VBC_TELEPORT_ELSE,
	/* It has no process: it has not begun to come, or has ended since it came or went. */
	VBC_TELEPORT_OFF,
	/* Target: its process waits for the memory, or says so already, see vbc_teleport_listen().
	 */
	VBC_TELEPORT_LISTENING,
	/* Source: its memory is being sent. It goes on without the program that sent it. */
	VBC_TELEPORT_SENDING,
	/* Source: it was given away. VirtualBox says so only as long as its service runs. */
	VBC_TELEPORT_GIVEN,
	/* Target: it has come. Source: it has not left. */
	VBC_TELEPORT_UP,
};

int vbc_teleport_state(struct vbc_op *op, vbc_ref machine, enum vbc_teleport_state *ret);

/* The state once it is neither listening nor being sent; VBC_E_BUSY when that takes too long. */
int vbc_teleport_rest(struct vbc_op *op, vbc_ref machine, enum vbc_teleport_state *ret);

#endif
