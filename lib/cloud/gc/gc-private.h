/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What vbc_gc() consists of. A leftover is found by where it lies and how it is named, and has to
 * be nobody's: of no machine, and in no entry of the journal.
 */
#ifndef VBC_GC_GC_PRIVATE_H
#define VBC_GC_GC_PRIVATE_H

#include <vboxcloud/gc.h>

#include "host/folders.h"
#include "journal/doing.h"

struct vbc_gc {
	bool dry_run, force;
	struct vbc_leftovers *list;
	const struct vbc_leftover **v;
	size_t room;
};

#define VBC_GC_SEED "a seed of a node that is gone"

/* Adds a leftover to the list. */
int vbc_gc_found(struct vbc_op *op, struct vbc_gc *gc, const char *kind, const char *id,
		 const char *text);

/* Disks, uploads and seeds that VirtualBox still knows. */
int vbc_gc_media(struct vbc_op *op, struct vbc_gc *gc);
/* Disks that it does not know any more. gc: NULL where they are only to be opened again. */
int vbc_gc_unknown(struct vbc_op *op, struct vbc_gc *gc);
/* Metadata of what is gone. */
int vbc_gc_metadata(struct vbc_op *op, struct vbc_gc *gc);
/* Images of other hosts that no node here needs any more. keys: of the host's extra data. */
int vbc_gc_borrowed(struct vbc_op *op, struct vbc_gc *gc, const struct vbc_strs *keys);
/* Empty folders of nodes. */
int vbc_gc_folders(struct vbc_op *op, struct vbc_gc *gc);

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
