/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of disks that are recorded: of the metadata libcloud/KIND/<uuid>, and in the journal.
 * Each has a folder on the host.
 */
#ifndef VBC_DISK_KINDS_H
#define VBC_DISK_KINDS_H

#define VBC_IMAGE_KIND    "image"
#define VBC_VOLUME_KIND   "volume"
#define VBC_SNAPSHOT_KIND "snapshot" /* of a volume */

#endif
