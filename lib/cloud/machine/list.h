/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LIST_H
#define VBC_MACHINE_LIST_H

#include "vbox/op.h"

struct vbc_node;
struct vbc_told;

#define VBC_NODE_FIRMWARE                                                                          \
	(1 << 30) /* of enum vbc_node_field: firmware and disc, of one node alone */

/*
 * All nodes, but for their sizes, with arrays of refs, in the operation's arena; `only` (may be
 * null): just that one. keys: of the host's extra data; NULL: as they were when it began.
 */
int vbc_node_query(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only, unsigned fields,
		   struct vbc_node **ret_nodes, vbc_ref **ret_refs, size_t *ret_n);

/*
 * What is recorded of a node that VirtualBox calls so, of which the rest was filled in; json: its
 * metadata.
 */
int vbc_node_take_recorded(struct vbc_op *op, const char *json, const char *vbox_name,
			   struct vbc_node *node);

/*
 * The machines that VirtualBox can read, without those that are known to have been made here, with
 * their ids, in the operation's arena. keys: of the host's extra data.
 */
int vbc_machines_readable(struct vbc_op *op, const struct vbc_strs *keys,
			  struct vbc_refs *ret_machines, struct vbc_strs *ret_ids);

/* Nodes as they were read, with what was told of their machines, in the operation's arena. */
struct vbc_node_rows {
	struct vbc_node *nodes;
	vbc_ref *refs;
	struct vbc_told *told;
	size_t n;
};

/* The same of these machines; one that is gone meanwhile is left out. */
int vbc_node_query_these(struct vbc_op *op, const struct vbc_strs *keys,
			 const struct vbc_refs *machines, unsigned fields,
			 struct vbc_node_rows *ret);

#endif
