/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_SNAPSHOT_NODES_H
#define VBC_SNAPSHOT_NODES_H

#include "vbox/op.h"

struct vbc_snapshots;

/* Of all nodes, after what the list has, by the nodes' names. */
int vbc_snapshot_list_nodes(struct vbc_op *op, struct vbc_snapshots *list);

#endif
