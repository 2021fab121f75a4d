/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding the addresses of a node.
 */
#ifndef VBC_MACHINE_ADDRESS_H
#define VBC_MACHINE_ADDRESS_H

#include "vbox/op.h"

struct vbc_adapter;
struct vbc_node;

/*
 * Finds the addresses of a node, whose state, adapters (with all there is to ask) and forwards are
 * known. The results are in the operation's arena.
 */
int vbc_addresses_find(struct vbc_op *op, vbc_ref machine, const struct vbc_adapter *adapters,
		       size_t n, struct vbc_node *node);

/*
 * Where the handle's URL leads to, without the brackets of IPv6, in the operation's arena; NULL
 * when there is no memory.
 */
const char *vbc_url_host(struct vbc_op *op);

#endif
