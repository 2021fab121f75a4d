/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_REMOVE_H
#define VBC_NODE_REMOVE_H

#include "vbox/op.h"

struct vbc_lock;

/*
 * With a lock that is prepared: removes a machine from the host: power, snapshots, registration,
 * its own disks, its folder. Whatever of it is gone already is no error. settings: where they are,
 * if the caller has just asked, and that the machine can be read; else NULL.
 */
int vbc_node_remove(struct vbc_op *op, vbc_ref machine, const char *settings,
		    struct vbc_lock *lock);

/*
 * Only unregisters it: the files stay, they are another host's too. Nor does VirtualBox know its
 * disks any more: of those that it still knew when the node comes back it would not write into the
 * node's settings, and not find them at its next start.
 */
int vbc_node_let_go(struct vbc_op *op, vbc_ref machine);

/* Removes what the host's extra data holds of a node that is no more: metadata, reserved ports. */
int vbc_node_forget(struct vbc_op *op, const char *id);

#endif
