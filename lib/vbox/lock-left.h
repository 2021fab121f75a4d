/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VBOX_LOCK_LEFT_H
#define VBC_VBOX_LOCK_LEFT_H

#include "vbox/op.h"

/*
 * Frees the lock that the entry `key` tells of, whose program is gone, and removes the
 * entry. When it cannot be freed the entry stays; VBC_E_BUSY: its web session has ended, too, and
 * the machine is locked by VirtualBox's web service for ever.
 */
int vbc_lock_free(struct vbc_op *op, const char *key);
/* Only tells that: VBC_E_BUSY. */
int vbc_lock_check(struct vbc_op *op, const char *key);

enum vbc_lock_left {
	VBC_LOCK_NONE_LEFT,
	VBC_LOCK_FREED,
	VBC_LOCK_FOR_EVER, /* by the web service, for a program that is gone */
};
/* Frees the locks of programs that are gone, on one machine. */
enum vbc_lock_left vbc_lock_free_left(struct vbc_op *op, const char *machine_id);

/*
 * Waits for VirtualBox's work on the machine's snapshots: a machine that loses its lock meanwhile
 * stays in that state, and nobody can use or delete it, until the host's service is restarted. True
 * when the lock may be given up.
 */
bool vbc_lock_await_work(struct vbc_op *op, vbc_ref machine);

/* Unlocks; true when it surely is. */
bool vbc_lock_give_back(struct vbc_op *op, vbc_ref session);

/* Says in words who has the machine locked. */
int vbc_lock_explain(struct vbc_op *op, vbc_ref machine, const char *id);

#endif
