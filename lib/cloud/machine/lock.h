/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LOCK_H
#define VBC_MACHINE_LOCK_H

#include <vboxcloud/node.h>

#include "vbox/op.h"

struct vbc_lock;

/*
 * Locks a machine as this state, that it was just seen in, asks: while it is up its own process has
 * the lock for changing, and others share that for control; else for changing.
 */
int vbc_machine_lock_as(struct vbc_op *op, vbc_ref machine, const char *id,
			enum vbc_node_state state, struct vbc_lock *ret_lock);

/* The same for what works on snapshots, whatever state it is in. */
int vbc_machine_lock(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *ret_lock);

#endif
