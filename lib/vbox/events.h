/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A passive listener on what happens to a host's machines and media. It belongs to the web session
 * it was registered in: when the operation has another one, it is gone. Each type of event that is
 * listened for costs what causes it a little, so only those that are needed are.
 */
#ifndef VBC_VBOX_EVENTS_H
#define VBC_VBOX_EVENTS_H

#include "vbox/op.h"

struct vbc_events {
	char *session; /* whose references the others are; NULL: not registered */
	char *source, *listener;
};

/*
 * Registers a listener for these enum vbc_VBoxEventType in the operation's web session, unless it
 * has one there. *ret_new: what happened before may have been missed.
 */
int vbc_events_open(struct vbc_op *op, struct vbc_enums types, struct vbc_events *events,
		    bool *ret_new);

/*
 * The next event and its type, waiting at most so long: a null reference when there is none; else
 * to be given back by vbc_op_release(). VBC_E_STALE: the host has dropped the listener, as it does
 * with one that has not been asked for some thousand events; all that it was to tell is lost.
 */
int vbc_events_next(struct vbc_op *op, struct vbc_events *events, int wait_ms, vbc_ref *ret_event,
		    enum vbc_VBoxEventType *ret_type);

/* Takes the listener off the host, if the operation has its session, and forgets it. */
void vbc_events_close(struct vbc_op *op, struct vbc_events *events);

/* Forgets the listener of a session that is no more. */
void vbc_events_forget(struct vbc_events *events);

#endif
