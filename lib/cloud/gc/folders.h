/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_FOLDERS_H
#define VBC_GC_FOLDERS_H

#include "vbox/op.h"

struct vbc_gc;

/* Empty folders of nodes. */
int vbc_gc_folders(struct vbc_op *op, struct vbc_gc *gc);

#endif
