/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_LAUNCH_H
#define VBC_NODE_LAUNCH_H

#include "vbox/op.h"

struct vbc_lock;

/*
 * Starts the machine in the session of a lock that is prepared or open, and waits until it runs.
 * Afterwards, when it runs, the session is locked.
 */
int vbc_node_launch(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock, unsigned from,
		    unsigned to);
/* The same without waiting. */
int vbc_node_spawn(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock,
		   vbc_ref *ret_progress);

#endif
