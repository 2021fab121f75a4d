/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The index of nodes by name: for each node a key of the host's extra data with a checksum of its
 * name, so that the list of keys, which each operation asks for, tells who may be called so.
 *
 * It is a hint. What a node is called, VirtualBox and its metadata say: who is found through a key
 * is asked, and a key too many does no harm. One too few would hide a node, so a key is written
 * before the metadata have the name, and taken away after they have another.
 */
#ifndef VBC_MACHINE_NAMED_H
#define VBC_MACHINE_NAMED_H

#include "vbox/op.h"

struct vbc_nodes;

/* The ids of the nodes that may have this name. keys: of the host's extra data. */
int vbc_named_ids(struct vbc_op *op, const struct vbc_strs *keys, const char *name,
		  struct vbc_strs *ret_ids);

/* The nodes that have metadata and no key, as older versions made them. */
int vbc_named_missing(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_strs *ret_ids);

/* Writes the key of a name, which may be "": then there is none. */
int vbc_named_put(struct vbc_op *op, const char *node, const char *name);
/* The same, unless it was there when the operation began: for a node that keeps its name. */
int vbc_named_keep(struct vbc_op *op, const char *node, const char *name);
int vbc_named_delete(struct vbc_op *op, const char *node, const char *name);
/* Takes away the node's keys among these, but for that of a name (NULL: all). */
int vbc_named_drop(struct vbc_op *op, const struct vbc_strs *keys, const char *node,
		   const char *name);

/*
 * Writes the keys that are missing, after a list has read all names: of nodes that another tool or
 * an older version has renamed. What cannot be written is left to the next list.
 */
void vbc_named_repair(struct vbc_op *op, const struct vbc_nodes *nodes);

#endif
