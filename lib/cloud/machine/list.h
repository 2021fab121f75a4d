/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LIST_H
#define VBC_MACHINE_LIST_H

#include "vbox/op.h"

struct vbc_node;

#define VBC_NODE_FIRMWARE (1 << 30) /* of enum vbc_node_field: firmware, of one node alone */

/*
 * All nodes, but for their sizes, with arrays of refs, in the operation's arena; `only` (may be
 * null): just that one. keys: of the host's extra data.
 */
int vbc_node_query(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only, unsigned fields,
		   struct vbc_node **ret_nodes, vbc_ref **ret_refs, size_t *ret_n);

#endif
