/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The journal as the nouns know it: work that it tells of while it is done.
 */
#ifndef VBC_JOURNAL_WORK_H
#define VBC_JOURNAL_WORK_H

#include "vbox/op.h"

struct vbc_lock;
struct vbc_meta;

/* What the id of the work's entry is. */
enum vbc_work_id {
	VBC_WORK_THING,   /* that of the thing: see vbc_journal_begin()              */
	VBC_WORK_NEW,     /* one made for the work: see vbc_journal_begin_new()      */
	VBC_WORK_CLAIMED, /* one that all have who begin it: see vbc_journal_claim() */
};

struct vbc_work {
	enum vbc_work_id id_is;
	const char *kind;
	const char *id;         /* NULL: the runner makes a new one */
	struct vbc_meta *entry; /* NULL: there was no memory for it */
	struct vbc_lock *lock;  /* given back before the undo, which takes its own; NULL: none */
};

/* Begins the entry, runs body, and ends the entry; undoes the work when any of that fails. */
int vbc_work_run(struct vbc_op *op, const struct vbc_work *work,
		 int (*body)(struct vbc_op *op, void *arg), void *arg);

/* What the entry of the operation's work says; NULL when it has none. */
struct vbc_meta *vbc_work_entry(const struct vbc_op *op);

/* Adds something to that entry, if there is one. */
int vbc_work_note(struct vbc_op *op, const char *key, const char *value);

/* The id of an entry about a thing, the same for all who work on it. */
int vbc_work_make_id(struct vbc_op *op, const char *kind, const char *thing, char ret_id[37]);

#endif
