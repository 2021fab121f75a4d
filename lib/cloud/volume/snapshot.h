/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VOLUME_SNAPSHOT_H
#define VBC_VOLUME_SNAPSHOT_H

#include "vbox/op.h"

struct vbc_disk;

/* Finds one snapshot of a volume by its id or a name that only one has, with its sizes and use. */
int vbc_snapshot_find(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk);
/* The same, to lose what it has: see vbc_disk_find(). */
int vbc_snapshot_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk);

#endif
