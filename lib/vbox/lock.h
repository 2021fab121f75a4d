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

/* The same of a machine that is not registered yet, so that nobody else can have locked it: whoever
 * finds it later finds the entry. */
int vbc_lock_prepare_new(struct vbc_op *op, const char *id, struct vbc_lock *ret_lock);

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
 * What `code` of a call to a running machine means: VBC_E_STATE in place of VBC_E_FAULT when the
 * machine's process has just ended.
 */
int vbc_lock_judge(struct vbc_op *op, vbc_ref machine, int code);

#endif
