/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_SNAPSHOT_VOLUME_H
#define VBC_SNAPSHOT_VOLUME_H

#include "vbox/op.h"

struct vbc_meta;
struct vbc_snapshot;
struct vbc_snapshot_take;
struct vbc_snapshots;

/* Lists into `list`; volume NULL: of all volumes. */
int vbc_snapshot_list_volume(struct vbc_op *op, const char *volume, struct vbc_snapshots *list);

/* *ret is a result of its own. */
int vbc_snapshot_take_volume(struct vbc_op *op, const struct vbc_snapshot_take *take,
			     struct vbc_snapshot **ret);

int vbc_snapshot_delete_volume(struct vbc_op *op, const char *snapshot);

/* Undoes it, see struct vbc_journal_kind. */
int vbc_snapshot_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
