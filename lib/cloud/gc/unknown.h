/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_UNKNOWN_H
#define VBC_GC_UNKNOWN_H

#include "vbox/op.h"

struct vbc_gc;

/* Disks that it does not know any more. gc: NULL where they are only to be opened again. */
int vbc_gc_unknown(struct vbc_op *op, struct vbc_gc *gc);

#endif
