/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VOLUME_VOLUME_H
#define VBC_VOLUME_VOLUME_H

#include "disk/attachment.h"
#include "disk/recorded.h"
#include "vbox/op.h"

struct vbc_volume;

#define VBC_VOLUME_ALL (VBC_DISK_FILE | VBC_DISK_LAYOUT | VBC_DISK_USE)
#define VBC_GIB        ((uint64_t)1 << 30)

/* Whether `size_gib` GiB can be a volume: VirtualBox's VDI ends at 2 TiB. */
int vbc_volume_check_size(unsigned size_gib, struct vbc_error *err);

/* Finds one volume by its id or by a name that only one has, with all that is known of it. */
int vbc_volume_find(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk);
/* The same, to lose what it has: see vbc_disk_find(). */
int vbc_volume_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_disk *ret_disk);

/* A volume as a result of its own, with where it is attached. */
int vbc_volume_result(struct vbc_op *op, vbc_ref medium, struct vbc_volume **ret);

/* The machine that a volume is attached to: null and "" when it is detached. */
struct vbc_volume_use {
	vbc_ref machine;
	const char *machine_id;
	struct vbc_storage_slot slot; /* without a controller when only a snapshot has it */
	vbc_ref medium; /* what is attached: another than the volume's since a snapshot */
};
int vbc_volume_use(struct vbc_op *op, const struct vbc_disk *disk, struct vbc_volume_use *ret);
/* The same for an operation on that volume, which fails when the node is destroyed meanwhile. */
int vbc_volume_use_found(struct vbc_op *op, const struct vbc_disk *disk,
			 struct vbc_volume_use *ret);

/* Whether a snapshot of the machine holds the volume, so that it cannot be changed as a whole. */
bool vbc_volume_in_snapshot(const struct vbc_disk *disk, const struct vbc_volume_use *use);
int vbc_volume_fail_in_snapshot(struct vbc_op *op, const struct vbc_disk *disk,
				const struct vbc_volume_use *use);

/* "volume 'x' is attached to node 'y' (id)" and an advice, as an error of that code. */
int vbc_volume_fail_attached(struct vbc_op *op, int code, const struct vbc_disk *disk,
			     const struct vbc_volume_use *use, const char *advice);

#endif
