/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_RECOVERY_UNDO_H
#define VBC_RECOVERY_UNDO_H

#include "journal/kind.h"

/* The undo of each kind: removes whatever of it is on the host, in any state. */
int vbc_node_create_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_node_destroy_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_node_resize_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_node_arrive_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_node_leave_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_image_import_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_image_export_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
/* What has begun to go cannot come back: this one finishes it. */
int vbc_image_delete_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_volume_create_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_volume_resize_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_seed_replace_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_display_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_forward_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_network_detach_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_network_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
int vbc_snapshot_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
