/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_STORAGE_SLOT_H
#define VBC_DISK_STORAGE_SLOT_H

#include "vbox/op.h"

struct vbc_storage_slot;

/* The first free place for a disk in a machine that is locked; makes one if it can. */
int vbc_storage_slot_find(struct vbc_op *op, vbc_ref machine, bool running,
			  struct vbc_storage_slot *ret);

/* Attaches a disk to a machine that is locked, at the first free place. */
int vbc_storage_slot_plug(struct vbc_op *op, vbc_ref machine, bool running, vbc_ref medium);

#endif
