/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_PROTECT_H
#define VBC_NODE_PROTECT_H

#include "vbox/op.h"

struct vbc_node_ref;

/* VBC_E_STATE: the node is not to lose its disk. Its lock, of any kind, is ours. */
int vbc_node_check_unprotected(struct vbc_op *op, const struct vbc_node_ref *f);

#endif
