/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_NAME_H
#define VBC_NODE_NAME_H

#include "vbox/op.h"

struct vbc_node_ref;
struct vbc_meta;

/* What other tools show as the name of a node; see node/name.c. NULL: no memory. */
const char *vbc_node_vbox_name(struct vbc_op *op, const char *name);

/* The metadata of a node; of a machine of another tool, what there is to begin with. */
int vbc_node_meta(struct vbc_op *op, const struct vbc_node_ref *f, struct vbc_meta **ret_meta);
/* Writes them; before, that the node of this id may be called as they say. */
int vbc_node_put_meta(struct vbc_op *op, const char *id, const struct vbc_meta *meta);

#endif
