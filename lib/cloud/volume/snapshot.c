/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The snapshot that a volume may begin with.
 */
#include "volume/snapshot.h"

#include "disk/kinds.h"
#include "disk/recorded.h"

static const struct vbc_disk_noun snapshot_noun = {VBC_SNAPSHOT_KIND, "snapshot of a volume",
						   VBC_HINT_LIST_SNAPSHOTS, NULL};

int vbc_snapshot_find(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk)
{
	return vbc_disk_find(op, &snapshot_noun, id_or_name, VBC_DISK_FILE | VBC_DISK_USE,
			     ret_disk);
}

int vbc_snapshot_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk)
{
	return vbc_disk_find(op, &snapshot_noun, id_or_name,
			     VBC_DISK_FILE | VBC_DISK_USE | VBC_DISK_SURELY, ret_disk);
}
