/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_BORROWED_H
#define VBC_GC_BORROWED_H

#include "vbox/op.h"

struct vbc_gc;

/* Images of other hosts that no node here needs any more. keys: of the host's extra data. */
int vbc_gc_borrowed(struct vbc_op *op, struct vbc_gc *gc, const struct vbc_strs *keys);

#endif
