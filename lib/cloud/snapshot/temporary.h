/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Disks of a running machine cannot be copied: it writes to them. A short snapshot of the machine
 * makes them stand still meanwhile; what it writes goes into differencing disks, and back into its
 * own when the snapshot is deleted.
 */
#ifndef VBC_SNAPSHOT_TEMPORARY_H
#define VBC_SNAPSHOT_TEMPORARY_H

#include "vbox/op.h"

struct vbc_node_ref;

/* Whether the disks of a machine in this state need that. */
bool vbc_temporary_is_needed(enum vbc_MachineState state);

/* Takes the snapshot, which is called after `id`, that of the journal's entry. */
int vbc_temporary_take(struct vbc_op *op, vbc_ref machine, const char *machine_id, const char *id,
		       unsigned from, unsigned to);

/* Deletes it, also one that another program took. No error when it or the machine is gone. */
int vbc_temporary_delete(struct vbc_op *op, const char *machine_id, const char *id, unsigned from,
			 unsigned to);

/*
 * Takes a snapshot that stays, for the disk of a clone to be linked to: the user's, and called
 * after `id`, that of the clone.
 */
int vbc_base_snapshot_take(struct vbc_op *op, const struct vbc_node_ref *of, const char *id,
			   const char *description, unsigned percent, vbc_ref *ret_snapshot);
/* Nothing came of the clone, whose disk is gone: deletes it. No error when there is none. */
int vbc_base_snapshot_undo(struct vbc_op *op, const char *machine_id, const char *id);

#endif
