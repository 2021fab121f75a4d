/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_ATTACHMENT_H
#define VBC_DISK_ATTACHMENT_H

#include "vbox/op.h"

/* Where a disk is attached to a machine. */
struct vbc_storage_slot {
	const char *controller;
	int32_t port, device;
	bool hot; /* marked as one that can be pulled while the machine runs */
};

static inline struct vbc_storage_slot vbc_storage_slot_of(const struct vbc_IMediumAttachment *at)
{
	return (struct vbc_storage_slot){at->controller, at->port, at->device, at->hotPluggable};
}

/* Attaches a hard disk to a machine that is locked, and saves that. */
int vbc_medium_attach(struct vbc_op *op, vbc_ref machine, const struct vbc_storage_slot *place,
		      vbc_ref medium);
/* Adds a DVD drive with a disc in it, and saves that. */
int vbc_medium_insert(struct vbc_op *op, vbc_ref machine, const struct vbc_storage_slot *place,
		      vbc_ref disc);
/* Detaches what is there, and saves that. */
int vbc_medium_detach(struct vbc_op *op, vbc_ref machine, const struct vbc_storage_slot *place);

#endif
