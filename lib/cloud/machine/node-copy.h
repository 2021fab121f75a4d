/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_NODE_COPY_H
#define VBC_MACHINE_NODE_COPY_H

#include "base/arena.h"

struct vbc_node;

/* A node with all it points to, in an arena; NULL when there is no memory. */
const struct vbc_node *vbc_node_copy(struct vbc_arena *a, const struct vbc_node *node);

#endif
