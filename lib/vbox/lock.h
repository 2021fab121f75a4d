/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Machine locks. On the host a lock outlives the program that took it; so who took it is written
 * into the host's extra data before, and whoever meets the lock of a program that is gone frees
 * it.
 */
#ifndef VBC_VBOX_LOCK_H
#define VBC_VBOX_LOCK_H

#include "vbox/lease.h"
#include "vbox/op.h"

struct vbc_lock {
	const char *id;          /* the machine's UUID                      */
	struct vbc_lease *lease; /* of the entry "<uuid>/<session>" */
	vbc_ref session;         /* ISession                                */
	vbc_ref machine;         /* the machine as the session may change it */
	bool locked;
};

/*
 * Locks a machine for changing (VBC_LockType_Write) or, also while it runs, for control
 * (VBC_LockType_Shared). Waits some seconds for others; then VBC_E_BUSY says who has it. While the
 * operation recovers what other programs left, it waits for a machine that ends, but for no lock.
 */
int vbc_lock_take(struct vbc_op *op, vbc_ref machine, const char *id, enum vbc_LockType type,
		  struct vbc_lock *ret_lock);

/*
 * The same without locking: the advisory lock is ours, and the session is there. For
 * IMachine_launchVMProcess, which locks by itself, and for work that needs several locks.
 */
int vbc_lock_prepare(struct vbc_op *op, const char *id, struct vbc_lock *ret_lock);

/* Locks what is prepared, or open again. */
int vbc_lock_lock(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
		  struct vbc_lock *lock);

/* Unlocks, but keeps the session and the advisory lock. */
int vbc_lock_unlock(struct vbc_op *op, struct vbc_lock *lock);

/* Unlocks and tidies up, whatever happened. Harmless on a lock that was never taken. */
void vbc_lock_drop(struct vbc_op *op, struct vbc_lock *lock);

/*
 * Waits until nobody has a lock on the machine (a VM that ends keeps its lock for some moments).
 * VBC_E_STATE as soon as the machine runs: one that is just starting takes its lock before it
 * shows as starting.
 */
int vbc_lock_wait_free(struct vbc_op *op, vbc_ref machine, const char *id);

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

/*
 * What `code` of a call to a running machine means: VBC_E_STATE in place of VBC_E_FAULT when the
 * machine's process has just ended.
 */
int vbc_lock_judge(struct vbc_op *op, vbc_ref machine, int code);

/* Says in words who has the machine locked. */
int vbc_lock_explain(struct vbc_op *op, vbc_ref machine, const char *id);

#endif
