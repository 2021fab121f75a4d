/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Advisory locks: one operation at a time works on a machine, of all threads of this process and of
 * all programs that write down on the host what they lock. VirtualBox's own locks are not enough:
 * they let several control a running machine, and a call that fails in a machine's process while
 * that process ends (because somebody else has cut the power) kills vboxwebsrv.
 */
#ifndef VBC_VBOX_ADVISORY_LOCK_H
#define VBC_VBOX_ADVISORY_LOCK_H

#include "vbox/lease.h"
#include "vbox/op.h"

#define VBC_LOCK_KIND "lock" /* of the entries: libcloud/lock/<uuid>/<session> */

/*
 * Among threads. Waits for the other threads of this process, whatever host they work on: ids of
 * machines are unique. VBC_E_BUSY when one still works at that time (of vbc_now_ms()), VBC_E_NOMEM.
 */
int vbc_thread_lock(const char *machine_id, int64_t until_ms);
void vbc_thread_unlock(const char *machine_id);

/*
 * Among programs. Writes the entry, and waits some seconds for living programs that have one for
 * the same machine; then goes on, for VirtualBox to decide. An operation that recovers what others
 * left does not wait: VBC_E_BUSY. The thread must have the lock above.
 */
int vbc_advisory_lock_take(struct vbc_op *op, const char *machine_id,
			   const struct vbc_lease *lease);

#endif
