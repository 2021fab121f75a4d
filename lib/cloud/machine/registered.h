/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_REGISTERED_H
#define VBC_MACHINE_REGISTERED_H

#include "vbox/op.h"

/* The machine of that id, or of that settings file; null when none is registered. */
int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine);

/* Whether VirtualBox can read the machine of that id, for which it tries again; also when there is
 * none. */
int vbc_node_accessible(struct vbc_op *op, const char *id, bool *ret);

/*
 * For vbc_op_about(): VBC_E_STATE when VirtualBox cannot read the machine of that id, though it has
 * tried again.
 */
int vbc_node_check_readable(struct vbc_op *op, const char *id);

#endif
