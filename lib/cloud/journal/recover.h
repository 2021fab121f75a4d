/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_JOURNAL_RECOVER_H
#define VBC_JOURNAL_RECOVER_H

#include "vbox/op.h"

/* Why a leftover is left alone. */
enum vbc_stuck {
	VBC_STUCK_NOT,
	VBC_STUCK_SERVICE,    /* the host's service ended when it was undone */
	VBC_STUCK_UNREADABLE, /* its entry lacks what the undo needs         */
	VBC_STUCK_LOCKED,     /* see vbc_lock_free()                         */
};

/* Told of one leftover; anything but 0 ends the recovery with that code. */
typedef int vbc_leftover_fn(struct vbc_op *op, void *arg, const char *kind, const char *id,
			    const char *text, enum vbc_stuck stuck);

struct vbc_recover_how {
	vbc_leftover_fn *found; /* NULL: nobody is told */
	void *arg;
	bool dry_run; /* removes nothing                                     */
	bool force;   /* also what is stuck, but for locks                     */
	bool *undid;  /* true from the first that was undone; NULL: nobody asks    */
};
/*
 * Undoes the work and frees the locks of programs that are gone; `keys` are all keys of the host's
 * extra data. Each operation begins with it, see vbc_run_recovered().
 */
int vbc_recover(struct vbc_op *op, const struct vbc_strs *keys, const struct vbc_recover_how *how);

/*
 * Looks for disks that VirtualBox lost track of. A failure of that is only logged, with `level`
 * (see vbc_op_log()), and what it writes may well be written again.
 */
void vbc_recover_lost_disks(struct vbc_op *op, int level);

#endif
