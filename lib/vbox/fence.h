/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Hearing of all that was changed before a moment. VirtualBox puts most of its events on one queue,
 * each before the call that causes it returns; so when an event that we cause ourselves comes out
 * of it, the fence, those of all calls that had returned before have come out, too.
 *
 * The fence is a guest property of a machine that exists for this alone: it is made, but never
 * saved nor registered, so nothing of it is on the host's disk, nobody lists it, and it ends with
 * the web session, as the listener does.
 */
#ifndef VBC_VBOX_FENCE_H
#define VBC_VBOX_FENCE_H

#include "vbox/events.h"

#define VBC_FENCE_PROPERTY "/libcloud/fence" /* what other listeners hear of it */

/* Zeroed: there is none yet. */
struct vbc_fence {
	struct vbc_events events;
	char *machine; /* of the session of the listener       */
	char mark[37]; /* what the values of this fence begin with */
	unsigned number;
};

/* Is told one event that came before the fence. */
typedef int vbc_fence_fn(struct vbc_op *op, void *arg, vbc_ref event, enum vbc_VBoxEventType type);

/*
 * Registers a listener for these events, OnGuestPropertyChanged among them, in the operation's
 * session, unless it has one there. *ret_new: what happened before may have been missed. *ret_open
 * is false where the host lets its user make no machine.
 */
int vbc_fence_open(struct vbc_op *op, struct vbc_enums types, struct vbc_fence *fence,
		   bool *ret_new, bool *ret_open);

/*
 * Sets the fence and tells of all events before it, at most `most`. *ret_passed is false where it
 * did not come within a second, or the host has dropped the listener, or something else went
 * wrong that a new listener may cure: the fence is closed then.
 */
int vbc_fence_pass(struct vbc_op *op, struct vbc_fence *fence, size_t most, vbc_fence_fn *tell,
		   void *arg, bool *ret_passed);

/* Frees what is kept of it; its session ends it on the host. */
void vbc_fence_forget(struct vbc_fence *fence);

#endif
