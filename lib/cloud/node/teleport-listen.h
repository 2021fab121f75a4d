/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The machine on the target of a teleport, which listens for its memory.
 */
#ifndef VBC_NODE_TELEPORT_LISTEN_H
#define VBC_NODE_TELEPORT_LISTEN_H

#include "vbox/op.h"

/* How the source reaches the target; port and password are for this once. */
struct vbc_teleport_way {
	const char *address;
	unsigned port;
	char password[37];
	vbc_ref start; /* of the target's machine, once it listens: ends when the node has come */
};

/* Starts the machine, which is registered here, and waits until it listens. */
int vbc_teleport_listen(struct vbc_op *op, vbc_ref machine, const char *id,
			struct vbc_teleport_way *way);

/* Whether the start has ended, because the node came, or in an error. */
int vbc_teleport_check_start(struct vbc_op *op, const struct vbc_teleport_way *way,
			     bool *ret_ended);

/*
 * A machine that listens has no power to cut: its start is cancelled instead, of which it would not
 * hear before.
 */
int vbc_teleport_stop_listening(struct vbc_op *op, vbc_ref machine, const char *id);

/* The rest of it. It must be known while it runs: at its next start it would wait for a teleport
 * again. */
int vbc_teleport_listen_no_more(struct vbc_op *op, vbc_ref machine, const char *id);

#endif
