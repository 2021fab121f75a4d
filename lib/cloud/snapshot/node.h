/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_SNAPSHOT_NODE_H
#define VBC_SNAPSHOT_NODE_H

#include "vbox/op.h"

struct vbc_node_ref;
struct vbc_snapshot;
struct vbc_snapshot_take;
struct vbc_snapshots;

/* Names of snapshots that are not the user's begin so; one tells when the node was created. */
#define VBC_NODE_HIDDEN "libcloud: "
#define VBC_NODE_MARKER VBC_NODE_HIDDEN "created"

/* Lists into `list`. */
int vbc_snapshot_list_node(struct vbc_op *op, const char *node, struct vbc_snapshots *list);

/* *ret is a result of its own. */
int vbc_snapshot_take_node(struct vbc_op *op, const struct vbc_snapshot_take *take,
			   struct vbc_snapshot **ret);

/* Adds those of a node that was found to a list; none when it is gone. */
int vbc_snapshot_append(struct vbc_op *op, const struct vbc_node_ref *node,
			struct vbc_snapshots *list);

/* The machine as it was at a node's snapshot (id or name), with the disks of then. */
int vbc_snapshot_machine(struct vbc_op *op, const struct vbc_node_ref *node, const char *snapshot,
			 vbc_ref *ret_machine);

int vbc_snapshot_delete_node(struct vbc_op *op, const char *node, const char *snapshot);

#endif
