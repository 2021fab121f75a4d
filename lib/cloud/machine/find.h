/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_FIND_H
#define VBC_MACHINE_FIND_H

#include "machine/node-ref.h"
#include "vbox/op.h"

/*
 * Finds one node by its id, by a name that only one has, or by the beginning of an id, of at least
 * 4 characters, that only one has and no name is.
 */
int vbc_node_find(struct vbc_op *op, const char *id_or_name, struct vbc_node_ref *ret);

/* The same; keys: of the host's extra data. */
int vbc_node_find_among(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
			struct vbc_node_ref *ret);

/*
 * The same, to lose what it has: also a node that another tool has given the name since the last
 * list is told apart, with a call for each node.
 */
int vbc_node_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_node_ref *ret);

/* VBC_E_NOTFOUND: there is no such node. */
int vbc_node_fail_unknown(struct vbc_op *op, const char *id_or_name);

#endif
