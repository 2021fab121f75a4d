/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Watching a host: what happens to its nodes, media and snapshots, whoever does it.
 */
#ifndef VBOXCLOUD_WATCH_H
#define VBOXCLOUD_WATCH_H

#include <vboxcloud/node.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What has happened. The numbers never change; there may be more later. Since 0.1. */
enum vbc_event_type {
	VBC_EVENT_TYPE_WATCHING = 1, /* from now on all is told; what was before may be missed  */
	VBC_EVENT_TYPE_NODE_ADDED,
	VBC_EVENT_TYPE_NODE_REMOVED,
	VBC_EVENT_TYPE_NODE_STATE,    /* state and machine_state tell which it has now           */
	VBC_EVENT_TYPE_NODE_CHANGED,  /* its settings, name, size, tags: ask for what it is now  */
	VBC_EVENT_TYPE_NODE_PROPERTY, /* the guest or VirtualBox has set a guest property        */
	VBC_EVENT_TYPE_MEDIUM_ADDED,  /* a disk of a node, an image, a volume, or an ISO         */
	VBC_EVENT_TYPE_MEDIUM_REMOVED,
	VBC_EVENT_TYPE_MEDIUM_CHANGED,
	VBC_EVENT_TYPE_SNAPSHOT_CREATED, /* of a node */
	VBC_EVENT_TYPE_SNAPSHOT_DELETED,
	VBC_EVENT_TYPE_SNAPSHOT_CHANGED, /* renamed or described */
	VBC_EVENT_TYPE_SNAPSHOT_REVERTED,
	VBC_EVENT_TYPE_EXTRA_DATA /* extra data, of a node or of the host                    */
};

/* The name of a type: "node.state", "medium.added", ... Static text; any thread. Since 0.1. */
const char *vbc_event_type_name(enum vbc_event_type type);

/* One event. Strings are never NULL, "" where there is none, and valid during the call only. */
struct vbc_event {
	int64_t time_ms; /* when it came here, since 1970 UTC                      */
	enum vbc_event_type type;
	const char *id;   /* UUID of the node, medium or snapshot; of extra data the
			     node's, "" for the host's                              */
	const char *node; /* of a snapshot                                          */
	enum vbc_node_state state;
	const char *machine_state; /* VirtualBox's own word                                 */
	const char *medium_kind;   /* "disk", "dvd", "floppy": of one added or removed       */
	const char *key;           /* of extra data or a property; their values are not told */
};

/*
 * Calls `tell` in this thread for each event, handing it `data`, until it returns non-zero: then
 * the result is VBC_OK. wait->tick is asked once a second: non-zero ends the watch with
 * VBC_E_CANCELLED, as timeout_ms does with VBC_E_TIMEOUT. wait may be NULL.
 *
 * A host that cannot be reached is an error at first. Afterwards it is waited for: that it went and
 * came back is logged, and VBC_EVENT_TYPE_WATCHING told again, because what happened meanwhile is
 * not known: list again. `tell` may use the same host. Errors as vbc_host_show(). Any thread. Since
 * 0.1.
 */
int vbc_watch(struct vbc_host *host, int (*tell)(void *data, const struct vbc_event *event),
	      void *data, const struct vbc_wait *wait, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
