/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_BOOT_DISK_H
#define VBC_MACHINE_BOOT_DISK_H

#include "vbox/op.h"

/*
 * The hard disk that a machine boots from: the first, in the order in which the firmware looks for
 * them, that is no volume; where all are volumes, the first of these. VBC_E_STATE: it has none.
 */
int vbc_node_disk(struct vbc_op *op, vbc_ref machine, vbc_ref *ret_disk);

/* What is attached to a machine, and which of that is the disk it boots from. */
struct vbc_node_disks {
	vbc_ref machine;
	struct vbc_IMediumAttachment_array all; /* given, as the machine is */
	size_t n_disks;
	const struct vbc_IMediumAttachment *first; /* NULL: none */
	bool lost; /* the machine or a disk of it has gone meanwhile: nothing is known */
};
int vbc_node_first_disk(struct vbc_op *op, struct vbc_node_disks *d);
/* Of many at once; one that is lost fails no other. */
int vbc_node_first_disks(struct vbc_op *op, struct vbc_node_disks *v, size_t n);

/* Disks on buses with a lower rank come first; on buses of one rank, those of the first controller.
 */
unsigned vbc_node_bus_rank(enum vbc_StorageBus bus);

/* Whether a disk is a volume, or what a snapshot has put on top of one. */
int vbc_node_disk_is_volume(struct vbc_op *op, vbc_ref disk, bool *ret);

#endif
