/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_METADATA_H
#define VBC_GC_METADATA_H

#include "vbox/op.h"

struct vbc_gc;

/* Metadata of what is gone. */
int vbc_gc_metadata(struct vbc_op *op, struct vbc_gc *gc);

#endif
