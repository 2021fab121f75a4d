/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the snapshot share.
 */
#ifndef VBC_SNAPSHOT_SNAPSHOT_PRIVATE_H
#define VBC_SNAPSHOT_SNAPSHOT_PRIVATE_H

#include <vboxcloud/snapshot.h>

#include "disk/recorded.h"
#include "vbox/op.h"

#define VBC_SNAPSHOT_KIND "snapshot" /* of a volume's metadata: libcloud/snapshot/<uuid> */

/* What to take; the strings are the caller's, but for the name, which may be made up. */
struct vbc_snapshot_take {
	const char *of; /* volume or node, id or name */
	const char *name, *description;
};

/* Finds one snapshot of a volume by its id or a name that only one has, with its sizes and use. */
int vbc_snapshot_find(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk);

/* Lists into `list`; volume NULL: of all volumes. */
int vbc_snapshot_list_volume(struct vbc_op *op, const char *volume, struct vbc_snapshots *list);
int vbc_snapshot_list_node(struct vbc_op *op, const char *node, struct vbc_snapshots *list);
/* Of all nodes, after what the list has, by the nodes' names. */
int vbc_snapshot_list_nodes(struct vbc_op *op, struct vbc_snapshots *list);

/* *ret is a result of its own. */
int vbc_snapshot_take_volume(struct vbc_op *op, const struct vbc_snapshot_take *take,
			     struct vbc_snapshot **ret);
int vbc_snapshot_take_node(struct vbc_op *op, const struct vbc_snapshot_take *take,
			   struct vbc_snapshot **ret);

struct vbc_found;
struct vbc_lock;

/* Adds those of a node that was found to a list; none when it is gone. */
int vbc_snapshot_append(struct vbc_op *op, const struct vbc_found *node,
			struct vbc_snapshots *list);

/* Locks a node for taking or deleting a snapshot of it. */
int vbc_snapshot_lock(struct vbc_op *op, const struct vbc_found *node, struct vbc_lock *lock);

/* The machine as it was at a node's snapshot (id or name), with the disks of then. */
int vbc_snapshot_machine(struct vbc_op *op, const struct vbc_found *node, const char *snapshot,
			 vbc_ref *ret_machine);

int vbc_snapshot_delete_volume(struct vbc_op *op, const char *snapshot);
int vbc_snapshot_delete_node(struct vbc_op *op, const char *node, const char *snapshot);

#endif
