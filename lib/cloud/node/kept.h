/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_KEPT_H
#define VBC_NODE_KEPT_H

#include "inventory/stock.h"

/*
 * The nodes of all machines of an inventory with these fields, in the operation's arena and the
 * stock's memory: those that were changed, or are not known well enough, are read and kept for the
 * next list. keys: of the host's extra data.
 */
int vbc_nodes_kept(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_stock *stock,
		   unsigned fields, struct vbc_node **ret_nodes, size_t *ret_n);

#endif
