/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VirtualBox's events in the words of a cloud.
 */
#include "watch/event.h"

#include <vboxcloud/watch.h>

#include "base/str.h"
#include "disk/kinds.h"
#include "journal/entry.h"
#include "journal/turn.h"
#include "machine/keys.h"
#include "machine/state.h"
#include "vbox/advisory-lock.h"
#include "vbox/aside.h"
#include "vbox/events.h"
#include "vbox/fence.h"
#include "vbox/meta.h"

const char *vbc_event_type_name(enum vbc_event_type type)
{
	static const char *const names[] = {
		[VBC_EVENT_TYPE_WATCHING] = "watching",
		[VBC_EVENT_TYPE_NODE_ADDED] = "node.added",
		[VBC_EVENT_TYPE_NODE_REMOVED] = "node.removed",
		[VBC_EVENT_TYPE_NODE_STATE] = "node.state",
		[VBC_EVENT_TYPE_NODE_CHANGED] = "node.changed",
		[VBC_EVENT_TYPE_NODE_PROPERTY] = "node.property",
		[VBC_EVENT_TYPE_MEDIUM_ADDED] = "medium.added",
		[VBC_EVENT_TYPE_MEDIUM_REMOVED] = "medium.removed",
		[VBC_EVENT_TYPE_MEDIUM_CHANGED] = "medium.changed",
		[VBC_EVENT_TYPE_SNAPSHOT_CREATED] = "snapshot.created",
		[VBC_EVENT_TYPE_SNAPSHOT_DELETED] = "snapshot.deleted",
		[VBC_EVENT_TYPE_SNAPSHOT_CHANGED] = "snapshot.changed",
		[VBC_EVENT_TYPE_SNAPSHOT_REVERTED] = "snapshot.reverted",
		[VBC_EVENT_TYPE_EXTRA_DATA] = "extra_data.changed",
	};
	size_t i = (size_t)type;

	return i && i < VBC_COUNT(names) ? names[i] : "unknown";
}

static int event_read_machine(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	return vbc_IMachineEvent_getMachineId(op, ref, &event->id);
}

static int event_read_registered(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	bool registered = false;
	int code = vbc_IMachineRegisteredEvent_getRegistered(op, ref, &registered);

	event->type = registered ? VBC_EVENT_TYPE_NODE_ADDED : VBC_EVENT_TYPE_NODE_REMOVED;
	return code ? code : event_read_machine(op, ref, event);
}

static int event_read_state(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	int code = vbc_IMachineStateChangedEvent_getState(op, ref, &state);

	event->state = vbc_node_state_from(state);
	event->machine_state = vbc_enum_name(VBC_ENUM_MachineState, (int)state);
	return code ? code : event_read_machine(op, ref, event);
}

static int event_read_property(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	int code = vbc_IGuestPropertyChangedEvent_getName(op, ref, &event->key);

	if (!code && streq(event->key, VBC_FENCE_PROPERTY)) {
		event->type = 0; /* a list's, of no machine that anybody has */
		return VBC_OK;
	}
	return code ? code : event_read_machine(op, ref, event);
}

static int event_read_medium(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	enum vbc_DeviceType kind = VBC_DeviceType_Null;
	bool registered = false;
	int code = vbc_IMediumRegisteredEvent_getRegistered(op, ref, &registered);

	event->type = registered ? VBC_EVENT_TYPE_MEDIUM_ADDED : VBC_EVENT_TYPE_MEDIUM_REMOVED;
	if (!code)
		code = vbc_IMediumRegisteredEvent_getMediumType(op, ref, &kind);
	event->medium_kind = kind == VBC_DeviceType_HardDisk ? "disk"
			     : kind == VBC_DeviceType_DVD    ? "dvd"
							     : "floppy";
	return code ? code : vbc_IMediumRegisteredEvent_getMediumId(op, ref, &event->id);
}

static int event_read_medium_config(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	vbc_ref medium = {NULL};
	int code = vbc_IMediumConfigChangedEvent_getMedium(op, ref, &medium);

	return code ? code : vbc_IMedium_getId(op, medium, &event->id);
}

static int event_read_snapshot(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	int code = vbc_IMachineEvent_getMachineId(op, ref, &event->node);

	return code ? code : vbc_ISnapshotEvent_getSnapshotId(op, ref, &event->id);
}

/* Where there is metadata of a thing under the key, that thing has changed. Our journal and the
 * index of names are not told: there is nothing in them that the things do not tell. */
static bool event_read_key(struct vbc_op *op, struct vbc_event *event)
{
	static const struct {
		const char *kind;
		enum vbc_event_type type;
	} kinds[] = {
		{VBC_NODE_KIND, VBC_EVENT_TYPE_NODE_CHANGED},
		{VBC_IMAGE_KIND, VBC_EVENT_TYPE_MEDIUM_CHANGED},
		{VBC_VOLUME_KIND, VBC_EVENT_TYPE_MEDIUM_CHANGED},
		{VBC_JOURNAL_KIND, 0},
		{VBC_LOCK_KIND, 0},
		{VBC_TURN_KIND, 0},
		{VBC_NAME_KIND, 0},
	};

	for (size_t i = 0; i < VBC_COUNT(kinds); i++) {
		const char *prefix = vbc_meta_key(op, kinds[i].kind, ""), *id;

		if (!prefix || !vbc_starts_with(event->key, prefix))
			continue;
		id = event->key + strlen(prefix);
		if (kinds[i].type && !vbc_is_uuid(id))
			return true; /* another program's key that looks like ours */
		event->type = kinds[i].type;
		event->id = id;
		event->key = "";
		return event->type != 0;
	}
	return true;
}

static int event_read_extra_data(struct vbc_op *op, vbc_ref ref, struct vbc_event *event)
{
	int code = vbc_IExtraDataChangedEvent_getKey(op, ref, &event->key);

	if (!code)
		code = vbc_IExtraDataChangedEvent_getMachineId(op, ref, &event->id);
	if (code)
		return code;
	if (!streq(event->id, "00000000-0000-0000-0000-000000000000"))
		return VBC_OK;
	event->id = "";
	if (!event_read_key(op, event))
		event->type = 0;
	return VBC_OK;
}

static const struct {
	enum vbc_VBoxEventType vbox;
	enum vbc_event_type type;
	int (*read)(struct vbc_op *op, vbc_ref ref, struct vbc_event *event);
} kinds[] = {
	{VBC_VBoxEventType_OnMachineRegistered, VBC_EVENT_TYPE_NODE_ADDED, event_read_registered},
	{VBC_VBoxEventType_OnMachineStateChanged, VBC_EVENT_TYPE_NODE_STATE, event_read_state},
	{VBC_VBoxEventType_OnMachineDataChanged, VBC_EVENT_TYPE_NODE_CHANGED, event_read_machine},
	{VBC_VBoxEventType_OnGuestPropertyChanged, VBC_EVENT_TYPE_NODE_PROPERTY,
	 event_read_property},
	{VBC_VBoxEventType_OnMediumRegistered, VBC_EVENT_TYPE_MEDIUM_ADDED, event_read_medium},
	{VBC_VBoxEventType_OnMediumConfigChanged, VBC_EVENT_TYPE_MEDIUM_CHANGED,
	 event_read_medium_config},
	{VBC_VBoxEventType_OnSnapshotTaken, VBC_EVENT_TYPE_SNAPSHOT_CREATED, event_read_snapshot},
	{VBC_VBoxEventType_OnSnapshotDeleted, VBC_EVENT_TYPE_SNAPSHOT_DELETED, event_read_snapshot},
	{VBC_VBoxEventType_OnSnapshotChanged, VBC_EVENT_TYPE_SNAPSHOT_CHANGED, event_read_snapshot},
	{VBC_VBoxEventType_OnSnapshotRestored, VBC_EVENT_TYPE_SNAPSHOT_REVERTED,
	 event_read_snapshot},
	{VBC_VBoxEventType_OnExtraDataChanged, VBC_EVENT_TYPE_EXTRA_DATA, event_read_extra_data},
};

int vbc_event_open(struct vbc_op *op, struct vbc_events *events, bool *ret_new)
{
	int types[VBC_COUNT(kinds)];

	for (size_t i = 0; i < VBC_COUNT(kinds); i++)
		types[i] = (int)kinds[i].vbox;
	return vbc_events_open(op, (struct vbc_enums){.n = VBC_COUNT(types), .v = types}, events,
			       ret_new);
}

int vbc_event_read(struct vbc_op *op, vbc_ref ref, enum vbc_VBoxEventType type,
		   struct vbc_event *event)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = VBC_OK;

	for (size_t i = 0; i < VBC_COUNT(kinds); i++) {
		if (kinds[i].vbox != type)
			continue;
		event->type = kinds[i].type;
		code = kinds[i].read(op, ref, event);
	}
	/* What an event is about may be gone when it is asked for: another event tells that. */
	if (code == VBC_E_NOTFOUND)
		event->type = 0;
	return vbc_aside_absent(&aside, code);
}
