/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who does something on a host, written down so that others can tell when that program is gone:
 * the machine it runs on, its process, and until when its word holds without being renewed.
 *
 * That time is the host's, whose clock may be set meanwhile. So it proves that a program lives, but
 * not that it is gone: where no process can be seen to have ended, that is known only when its word
 * stays unchanged for a while of one's own clock, in which one that works would have renewed it
 * several times.
 */
#ifndef VBC_VBOX_LEASE_HOLDER_H
#define VBC_VBOX_LEASE_HOLDER_H

#include "vbox/meta.h"

/* How long a word holds, and how often it is renewed meanwhile, at the operation's calls. */
#define VBC_LEASE_MS       600000
#define VBC_LEASE_RENEW_MS 5000

#define VBC_LEASE_OP "op" /* in an entry: the operation, see vbc_endpoint_is_running() */

enum vbc_holder {
	VBC_HOLDER_LIVES,
	VBC_HOLDER_SILENT, /* may be gone, as its word does not hold: see vbc_holder_wait() */
	VBC_HOLDER_GONE,
};

/* Fills in who we are, and a lease that ends some minutes after `utc_ms`. */
void vbc_holder_sign(struct vbc_meta *meta, int64_t utc_ms);

/* Fills in that the program that signed has given the entry up, though it may live. */
void vbc_holder_leave(struct vbc_meta *meta);
bool vbc_holder_has_left(const struct vbc_meta *meta);

/* What is known of the program that signed, at that time of the host. */
enum vbc_holder vbc_holder_judge_at(const struct vbc_meta *meta, int64_t utc_ms);
/*
 * The same now. The host's clock is asked for only where it matters. This process's own word holds
 * no longer than its operation, which may have ended without being able to take it back.
 */
int vbc_holder_judge(struct vbc_op *op, const struct vbc_meta *meta, enum vbc_holder *ret);

/* Whether this very process signed. */
bool vbc_holder_is_me(const struct vbc_meta *meta);

/*
 * Waits as long as one that lives would take to renew its word. *ret_waited is false when the
 * caller's patience ends before: then nobody knows.
 */
int vbc_holder_wait(struct vbc_op *op, bool *ret_waited);

/*
 * The entry as it is now takes the place of *meta; NULL: it is not there any more. *ret_same: it is
 * as it was.
 */
int vbc_holder_reread(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta **meta,
		      bool *ret_same);

#endif
