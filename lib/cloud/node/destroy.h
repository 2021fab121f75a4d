/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_DESTROY_H
#define VBC_NODE_DESTROY_H

#include "vbox/op.h"

struct vbc_lock;
struct vbc_meta;

/*
 * With a lock that is prepared: removes a machine from the host: power, snapshots, registration,
 * its own disks, its folder. Whatever of it is gone already is no error.
 */
int vbc_node_remove(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock);

/* Removes what the host's extra data holds of a node that is no more: metadata, reserved ports. */
int vbc_node_forget(struct vbc_op *op, const char *id);

/* Undoes it, see struct vbc_journal_kind. */
int vbc_node_destroy_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
