/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Machines that VirtualBox could not read, read once more.
 *
 * VirtualBox reads its machines when its service starts, in the order in which they were
 * registered, and gives up on one with a disk that it does not know yet. A hard disk is recorded in
 * the settings of the first machine that it was attached to, wherever it is attached later: so
 * after a restart the machine that has it now may be one that cannot be read, and the disk seems to
 * be free. VirtualBox reads such a machine again when it is asked whether the machine is
 * accessible.
 */
#ifndef VBC_MACHINE_READ_AGAIN_H
#define VBC_MACHINE_READ_AGAIN_H

#include "vbox/op.h"

/* The states of these machines, after that; as many as machines, Null where it did not help. */
int vbc_machine_states(struct vbc_op *op, const struct vbc_refs *machines,
		       struct vbc_enums *ret_states);

/*
 * The same for all machines, once in an operation, before it is asked which disks there are and
 * where they are attached.
 */
int vbc_machine_read_again(struct vbc_op *op);

/* Whether VirtualBox cannot read this machine. After vbc_machine_read_again(). */
bool vbc_machine_is_unread(const struct vbc_op *op, vbc_ref machine);

/*
 * VBC_E_BUSY when a disk that seems to be free may not be: while a node cannot be read, VirtualBox
 * knows neither its disks nor what they are linked to. (Other tools' machines are not asked for:
 * such a one may stay registered for ever.) After vbc_machine_read_again().
 */
int vbc_machine_check_free(struct vbc_op *op, const char *noun, const char *name);

/* Whether VirtualBox can read the machine of that id, for which it tries again; also when there is
 * none. */
int vbc_node_accessible(struct vbc_op *op, const char *id, bool *ret);

/*
 * For vbc_op_about(): VBC_E_STATE when VirtualBox cannot read the machine of that id, though it has
 * tried again.
 */
int vbc_node_check_readable(struct vbc_op *op, const char *id);

#endif
