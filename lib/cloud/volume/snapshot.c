/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The snapshot that a volume may begin with.
 */
#include "volume/snapshot.h"

#include "disk/kinds.h"
#include "disk/recorded.h"

int vbc_snapshot_find(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk)
{
	static const struct vbc_disk_noun noun = {VBC_SNAPSHOT_KIND, "snapshot of a volume",
						  VBC_HINT_LIST_SNAPSHOTS, NULL};

	return vbc_disk_find(op, &noun, id_or_name, VBC_DISK_FILE | VBC_DISK_USE, ret_disk);
}
