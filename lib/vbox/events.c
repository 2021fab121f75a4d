/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "vbox/aside.h"

static bool events_are_open(const struct vbc_op *op, const struct vbc_events *events)
{
	return events->session && streq(events->session, op->vbox.s);
}

static bool events_keep_refs(const struct vbc_op *op, vbc_ref source, vbc_ref listener,
			     struct vbc_events *events)
{
	events->session = strdup(op->vbox.s);
	events->source = strdup(source.s);
	events->listener = strdup(listener.s);
	return events->session && events->source && events->listener;
}

int vbc_events_open(struct vbc_op *op, struct vbc_enums types, struct vbc_events *events,
		    bool *ret_new)
{
	vbc_ref source = {NULL}, listener = {NULL};
	int code;

	*ret_new = !events_are_open(op, events);
	if (!*ret_new)
		return VBC_OK;
	vbc_events_forget(events);
	code = vbc_IVirtualBox_getEventSource(op, op->vbox, &source);
	if (!code)
		code = vbc_IEventSource_createListener(op, source, &listener);
	if (!code)
		code = vbc_IEventSource_registerListener(op, source, listener, types, false);
	if (!code && !events_keep_refs(op, source, listener, events))
		code = vbc_fail_nomem(&op->error);
	return code;
}

int vbc_events_next(struct vbc_op *op, struct vbc_events *events, int wait_ms, vbc_ref *ret_event,
		    enum vbc_VBoxEventType *ret_type)
{
	vbc_ref event = {NULL};
	int code = vbc_IEventSource_getEvent(op, (vbc_ref){events->source},
					     (vbc_ref){events->listener}, wait_ms, &event);

	if (code == VBC_E_NOTFOUND || code == VBC_E_STALE)
		vbc_events_forget(events);
	if (code == VBC_E_NOTFOUND) {
		vbc_op_forgive(op);
		return vbc_fail(&op->error, VBC_E_STALE, "the host has dropped the listener");
	}
	if (!code && !vbc_ref_is_null(event))
		code = vbc_IEvent_getType(op, event, ret_type);
	if (!code)
		*ret_event = event;
	return code;
}

void vbc_events_close(struct vbc_op *op, struct vbc_events *events)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (events_are_open(op, events)) {
		const vbc_ref listener = {events->listener};

		vbc_IEventSource_unregisterListener(op, (vbc_ref){events->source}, listener);
		vbc_op_release(op, listener);
	}
	vbc_events_forget(events);
}

void vbc_events_forget(struct vbc_events *events)
{
	free(events->session);
	free(events->source);
	free(events->listener);
	*events = (struct vbc_events){.session = NULL};
}
