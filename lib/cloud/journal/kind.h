/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of work that are written into the journal, and how each is undone. The journal knows
 * none of them: the table is at the top, in recovery/kinds.c, which knows the nouns.
 */
#ifndef VBC_JOURNAL_KIND_H
#define VBC_JOURNAL_KIND_H

#include "vbox/op.h"

struct vbc_meta;

/* A kind of work in the journal. */
struct vbc_journal_kind {
	const char *kind, *text;
	const char *needs[2]; /* what its undo finds in an entry, the least */
	/* Removes whatever of it is on the host, in any state. */
	int (*undo)(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
};

struct vbc_recovery {
	const struct vbc_journal_kind *kinds;
	size_t n_kinds;
	/* Looks for disks that VirtualBox lost track of. */
	int (*open_lost)(struct vbc_op *op);
};
extern const struct vbc_recovery vbc_recovery;

#endif
