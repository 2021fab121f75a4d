/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_GONE_H
#define VBC_GC_GONE_H

#include "vbox/op.h"

#define VBC_GC_SEED "a seed of a node that is gone"

/*
 * What the journal says now: each entry's id and text. Read it after what may be a leftover was
 * found: who made that wrote its entry before, and ends it only when all is in its place.
 */
int vbc_gc_journal(struct vbc_op *op, struct vbc_strs *ret_journal);
/* Whether an entry names it: an id, or the name of a file. */
bool vbc_gc_is_named(const struct vbc_strs *journal, const char *what);

/*
 * Names of the files in a folder below that of the machines; a folder that is not there is empty.
 * *ret_sure is false when it could not be read.
 */
int vbc_gc_look(struct vbc_op *op, const char *name, bool *ret_sure, struct vbc_strs *ret_names);

/*
 * Of these ids those of nodes that are gone: that VirtualBox does not know, that no work in
 * progress names, and whose folder has no machine's settings, which could be registered again, here
 * or by another host that sees the same files.
 */
int vbc_gc_gone_nodes(struct vbc_op *op, const struct vbc_strs *ids, struct vbc_strs *ret_gone);

/* The id in the path of a file in a node's folder, or in one below it; "" when it is elsewhere. */
int vbc_gc_node_of(struct vbc_op *op, const char *machines, const char *path, const char **ret_id);

#endif
