/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_FIND_H
#define VBC_MACHINE_FIND_H

#include "vbox/op.h"

struct vbc_node;

/* A node that was found; strings in the operation's arena. */
struct vbc_found {
	vbc_ref machine;
	const char *id, *name;
};

/* Finds one node by its id or by a name that only one has. */
int vbc_node_find(struct vbc_op *op, const char *id_or_name, struct vbc_found *ret);

/* The name of a node of that id, in the operation's arena. */
int vbc_node_name(struct vbc_op *op, vbc_ref machine, const char *id, const char **ret_name);

/* All there is to know of one node; *ret is a result of its own. */
int vbc_node_read(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_node **ret);

/* The machine of that id, or of that settings file; null when none is registered. */
int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine);

/* Whether VirtualBox can read the machine of that id, for which it tries again; also when there is none. */
int vbc_node_accessible(struct vbc_op *op, const char *id, bool *ret);

/*
 * For vbc_op_about(): VBC_E_STATE when VirtualBox cannot read the machine of that id, though it has
 * tried again.
 */
int vbc_node_check_readable(struct vbc_op *op, const char *id);

#endif
