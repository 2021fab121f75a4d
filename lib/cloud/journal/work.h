/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_JOURNAL_WORK_H
#define VBC_JOURNAL_WORK_H

#include "journal/entry.h"
#include "vbox/lock.h"

/* Work that the journal tells of while it is done. */
struct vbc_work {
	/* vbc_journal_begin(), or one of its kin. */
	int (*begin)(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta *entry);
	const char *kind, *id;
	struct vbc_meta *entry; /* NULL: there was no memory for it */
	struct vbc_lock *lock;  /* given back before the undo, which takes its own; NULL: none */
};

/* Begins the entry, runs body, and ends the entry; undoes the work when any of that fails. */
int vbc_work_run(struct vbc_op *op, const struct vbc_work *work,
		 int (*body)(struct vbc_op *op, void *arg), void *arg);

#endif
