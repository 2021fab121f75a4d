/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The journal of work in progress. What takes several calls is first written down on the host,
 * under libcloud/doing/ID, with all that is needed to undo it. A failure undoes it at once; a
 * program that was killed leaves the entry, and the next operation of any client undoes it.
 */
#ifndef VBC_JOURNAL_ENTRY_H
#define VBC_JOURNAL_ENTRY_H

#include "vbox/op.h"

struct vbc_journal_kind;
struct vbc_meta;

#define VBC_JOURNAL_KIND "doing" /* of the entries, as metadata: libcloud/doing/<uuid> */
/* Of the room that is claimed for what an entry of the same uuid makes: see claim/claim.h. */
#define VBC_CLAIM_KIND "claim"

/* In an entry: until when (host's clock, ms) only vbc_gc() undoes what a dead program left. */
#define VBC_JOURNAL_KEPT "kept_until"

/* The kind of an entry; NULL for that of a newer program. */
const struct vbc_journal_kind *vbc_journal_kind_of(const struct vbc_meta *entry);

/*
 * Writes the entry: `kind` (one of vbc_recovery's) and what the caller put into `entry`; keeps
 * its lease alive until the end, as long as entry must stay. VBC_E_BUSY when there is an entry
 * under that id, of a program that works or of work that could not be undone yet: it stays.
 */
int vbc_journal_begin(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta *entry);
/* The same under an id made for it, of which nobody else can know. */
int vbc_journal_begin_new(struct vbc_op *op, const char *kind, const char *id,
			  struct vbc_meta *entry);
/*
 * The same as vbc_journal_begin() for what no lock of VirtualBox guards, under an id that all who
 * begin with it have. Of several programs that begin at once one goes on; for the others it is
 * VBC_E_BUSY.
 */
int vbc_journal_claim(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta *entry);

/* The work is complete, or undone: removes the entry. */
int vbc_journal_end(struct vbc_op *op, const char *id);

/* Undoes the work of the operation's entry, keeping its error; nothing when that was not begun. */
void vbc_journal_undo(struct vbc_op *op, const char *id, struct vbc_meta *entry);

/*
 * Undoes the work of any program's entry, which is signed as ours meanwhile, and removes it;
 * VBC_E_BUSY: another program does so. One whose work could not be undone stays, and is tried again
 * by the next program. Why, the log says, but for what is `quiet`: that somebody else has
 * something of it locked. Before that it is noted in the entry: an undo in which the host's service
 * ended is not tried again by every later program, which would end it again, but by vbc_gc()
 * when it is told to.
 */
int vbc_journal_recover(struct vbc_op *op, const char *id, struct vbc_meta *entry, bool quiet);
/*
 * Whether the host's service ended in the middle of that. That the web session of the undo is gone
 * says so as long as that cannot have been forgotten; later, that it happened twice.
 */
int vbc_journal_find_broken(struct vbc_op *op, const struct vbc_meta *entry, bool *ret);

#endif
