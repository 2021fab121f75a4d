/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_WATCH_EVENT_H
#define VBC_WATCH_EVENT_H

#include "vbox/op.h"

struct vbc_event;
struct vbc_events;

/* Listens for the events that can be told; *ret_new as vbc_events_open(). */
int vbc_event_open(struct vbc_op *op, struct vbc_events *events, bool *ret_new);

/* Fills in an event, in the operation's arena; its type is 0 when there is nothing to tell. */
int vbc_event_read(struct vbc_op *op, vbc_ref ref, enum vbc_VBoxEventType type,
		   struct vbc_event *event);

#endif
