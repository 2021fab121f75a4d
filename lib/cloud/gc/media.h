/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_MEDIA_H
#define VBC_GC_MEDIA_H

#include "vbox/op.h"

struct vbc_gc;

/* Disks, uploads and seeds that VirtualBox still knows. */
int vbc_gc_media(struct vbc_op *op, struct vbc_gc *gc);

#endif
