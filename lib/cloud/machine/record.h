/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_RECORD_H
#define VBC_MACHINE_RECORD_H

#include "vbox/op.h"

struct vbc_meta;

/*
 * What is recorded of the node of an id: its metadata, libcloud/node/<uuid>; see vbc_meta_get() and
 * its like.
 */
int vbc_node_record_get(struct vbc_op *op, const char *id, struct vbc_meta **ret_meta);
int vbc_node_record_put(struct vbc_op *op, const char *id, const struct vbc_meta *meta);
int vbc_node_record_delete(struct vbc_op *op, const char *id);

/* The key of it, in the operation's arena; NULL: no memory. */
const char *vbc_node_record_key(struct vbc_op *op, const char *id);

#endif
