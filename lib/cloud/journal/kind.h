/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of work that are written into the journal, and how each is undone. The journal knows
 * none of them: the table is at the top, in recovery/kinds.c, which knows the nouns.
 */
#ifndef VBC_JOURNAL_KIND_H
#define VBC_JOURNAL_KIND_H

#include "vbox/meta.h"

/* What an entry of a kind may say, for its undo. */
struct vbc_journal_member {
	const char *name;
	enum vbc_meta_type type;
	bool needed; /* nobody could undo the work otherwise */
};

/* A kind of work in the journal. */
struct vbc_journal_kind {
	const char *kind, *text;
	const struct vbc_journal_member *members; /* up to one without a name */
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
