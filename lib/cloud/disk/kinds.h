/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of disks that are recorded: of the metadata libcloud/KIND/<uuid>, and in the journal. Each
 * has a folder on the host.
 */
#ifndef VBC_DISK_KINDS_H
#define VBC_DISK_KINDS_H

#include "vbox/op.h"

#define VBC_IMAGE_KIND    "image"
#define VBC_VOLUME_KIND   "volume"
#define VBC_SNAPSHOT_KIND "snapshot" /* of a volume */

/* Where those of a kind are. */
int vbc_disk_folder(struct vbc_op *op, const char *kind, const char **ret_folder);

#endif
