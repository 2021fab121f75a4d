/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VOLUME_ATTACH_H
#define VBC_VOLUME_ATTACH_H

#include "vbox/op.h"

struct vbc_lock;

/* Locks a node so that disks can be plugged, running or stopped. */
int vbc_volume_lock(struct vbc_op *op, vbc_ref machine, const char *id, const char *name,
		    struct vbc_lock *ret_lock, bool *ret_running);

#endif
