/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is built on each other on a host: snapshots, and media. VirtualBox makes no such tree deeper
 * than 300; a host that says that one is below itself must not be followed for ever.
 */
#ifndef VBC_HOST_TREE_H
#define VBC_HOST_TREE_H

#include "vbox/op.h"

struct vbc_branch {
	vbc_ref ref;
	struct vbc_branch *above;         /* NULL: it is the root                       */
	struct vbc_branch *next, *before; /* in an order that has all below it behind it */
	unsigned depth;
	size_t children;
	void *data; /* its reader's own */
};

struct vbc_tree {
	struct vbc_branch *first, *last;
	size_t n;
};

/* Reads all of a tree; `children_of` is the call that gives what is directly below. */
int vbc_tree_read(struct vbc_op *op, enum vbc_method_id children_of, vbc_ref root,
		  struct vbc_tree *ret);

/* For who walks by itself: fails where so many, or such a depth, cannot be. */
int vbc_tree_check(struct vbc_op *op, size_t n, unsigned depth);

#endif
