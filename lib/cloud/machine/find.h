/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_FIND_H
#define VBC_MACHINE_FIND_H

#include "vbox/op.h"

/* A node that was found; strings in the operation's arena. */
struct vbc_found {
	vbc_ref machine;
	const char *id, *name;
};

/* Sweeps, then finds one node by its id or by a name that only one has. */
int vbc_node_find(struct vbc_op *op, const char *id_or_name, struct vbc_found *ret);

/* The same without recovery; keys: of the host's extra data. */
int vbc_node_find_among(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
			struct vbc_found *ret);

/* VBC_E_NOTFOUND: there is no such node. */
int vbc_node_fail_unknown(struct vbc_op *op, const char *id_or_name);

/* The name of a node of that id, in the operation's arena. */
int vbc_node_name(struct vbc_op *op, vbc_ref machine, const char *id, const char **ret_name);

/* The machine of that id, or of that settings file; null when none is registered. */
int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine);

/*
 * For vbc_op_about(): the machine of that id, or null. VBC_E_STATE when VirtualBox cannot read it:
 * its own calls only say that such a machine is "limited".
 */
int vbc_node_look(struct vbc_op *op, const char *id, vbc_ref *ret_machine);

#endif
