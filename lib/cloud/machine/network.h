/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_NETWORK_H
#define VBC_MACHINE_NETWORK_H

#include "vbox/op.h"

struct vbc_node;
struct vbc_told;

/*
 * Fills in the adapters, forwards and addresses of nodes, of each of which something may have been
 * told, in the operation's arena. Those that VirtualBox cannot read have none.
 */
int vbc_node_network(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs,
		     const struct vbc_told *told, size_t n);
/*
 * The addresses of a node, of which all else is as it was, as they are now: guests and DHCP servers
 * tell them when they like. Of one without a guest of its own address nothing is asked.
 */
int vbc_node_addresses_again(struct vbc_op *op, vbc_ref machine, struct vbc_node *node);

/* Copies them into an arena; false when there is no memory. */
bool vbc_node_copy_network(struct vbc_arena *a, struct vbc_node *node);

/* Moves the nodes that VirtualBox can read to the front, with their refs; returns how many. */
size_t vbc_node_keep_readable(struct vbc_node *nodes, vbc_ref *refs, size_t n);

#endif
