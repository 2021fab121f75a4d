/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LIST_H
#define VBC_MACHINE_LIST_H

#include "machine/kind.h"
#include "vbox/op.h"

struct vbc_node;

#define VBC_NODE_TAGS "tags" /* in its metadata: an object */

#define VBC_NODE_FIRMWARE (1 << 30) /* of enum vbc_node_field: firmware, of one node alone */

/*
 * All nodes, with arrays of refs, in the operation's arena; `only` (may be null): just that one.
 * keys: of the host's extra data.
 */
int vbc_node_collect(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only, unsigned fields,
		     struct vbc_node **ret_nodes, vbc_ref **ret_refs, size_t *ret_n);

/* Copies a node's struct and strings into a caller's arena; NULL when there is no memory. */
const struct vbc_node *vbc_node_copy(struct vbc_arena *a, const struct vbc_node *node);

#endif
