/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_LIVE_H
#define VBC_FORWARD_LIVE_H

#include "vbox/op.h"

struct vbc_node_ref;
struct vbc_lock;
struct vbc_redirect;

/* The NAT engine of one of a machine's adapters, and what it forwards. */
struct vbc_engine {
	vbc_ref machine; /* as a lock's session may change it */
	vbc_ref ref;
	unsigned slot;
	bool running;
	struct vbc_strs redirects;
};

/*
 * Adds a forward of a node (an id), from the port of the host that it names, reserved, or with 0
 * from a free one; saved. Of a running machine, VBC_E_EXISTS when it did not get that port.
 */
int vbc_forward_put(struct vbc_op *op, const char *node, const struct vbc_engine *engine,
		    struct vbc_redirect *r);

/*
 * After a start, with the lock of the start: forwards whose ports of the host other programs have
 * are moved to other ports where we have chosen them. Where the user has, they fail the start of a
 * node that is just made (VBC_E_EXISTS), and else there is a warning. May drop the lock.
 */
int vbc_forward_started(struct vbc_op *op, const struct vbc_node_ref *node, struct vbc_lock *lock,
			bool is_new);

/* In the journal's entry of a forward; of one that is replaced, also what it was and where. */
#define VBC_FORWARD_NODE    "node"
#define VBC_FORWARD_NAME    "name"
#define VBC_FORWARD_WAS     "was"
#define VBC_FORWARD_ADAPTER "adapter"

#endif
