/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fleets: several hosts that are asked at the same time. There is no server and no leader: a fleet
 * is what one program makes of hosts it can reach. What a host does or fails to do costs the others
 * nothing: each has a time of its own, and a result is what those that answered said, and of the
 * others why they did not.
 */
#ifndef VBOXCLOUD_FLEET_H
#define VBOXCLOUD_FLEET_H

#include <vboxcloud/host.h>
#include <vboxcloud/node.h>
#include <vboxcloud/watch.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Several hosts, opaque. Several threads may use one at the same time, and each call asks all hosts
 * in threads of its own, which have ended when it returns and take no signals. After fork() both
 * sides may go on using it.
 */
struct vbc_fleet;

/* A host of a fleet. Since 0.1. */
struct vbc_fleet_member {
	const char *name;                 /* what it is called in results; unique, not ""   */
	const struct vbc_host_opts *opts; /* as of vbc_host_open(); its log and tick may be
					     called by several threads at the same time     */
};

/* How to ask. Start from VBC_FLEET_OPTS_INIT; strings are copied. Since 0.1. */
struct vbc_fleet_opts {
	size_t size;         /* sizeof(struct vbc_fleet_opts), set by the INIT macro        */
	unsigned timeout_ms; /* what each host has for all that it is asked in one call;
				0: 5 000                                                    */
	/* A folder, made where it is missing, in which each list of nodes notes what hosts have,
	   and looks up what one that does not answer had. It may be deleted at any time, and
	   what is in it is believed only as far as it is whole. NULL: nothing is noted.       */
	const char *seen_folder;
};

#define VBC_FLEET_OPTS_INIT                                                                        \
	{                                                                                          \
		.size = sizeof(struct vbc_fleet_opts)                                              \
	}

/*
 * Makes a fleet of members[0..n). Nothing is sent yet. *ret_fleet is the caller's, end it with
 * vbc_fleet_close(); opts may be NULL. Errors: VBC_E_ARG (there is no member, a name is not unique,
 * a URL cannot be used), VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_fleet_open(const struct vbc_fleet_member *members, size_t n,
		   const struct vbc_fleet_opts *opts, struct vbc_fleet **ret_fleet,
		   struct vbc_error *err);

/*
 * Ends a fleet, as vbc_host_close() ends its hosts, all at the same time. NULL is fine. No other
 * thread may still use it. Since 0.1.
 */
void vbc_fleet_close(struct vbc_fleet *fleet);

/*
 * How many hosts it has; and the name of one, by its number from 0, in the order of the members;
 * NULL: there is none of that number. It is the fleet's. Any thread. Errors: none. Since 0.1.
 */
size_t vbc_fleet_count(const struct vbc_fleet *fleet);
const char *vbc_fleet_name(const struct vbc_fleet *fleet, size_t number);

/*
 * The handle of one host, by its number, for calls that concern that host alone; NULL: there is
 * none of that number. It has the member's options and no deadline of the fleet's; it is the
 * fleet's, do not close it. Any thread. Errors: none. Since 0.1.
 */
struct vbc_host *vbc_fleet_host(struct vbc_fleet *fleet, size_t number);

/*
 * Cancels all calls on the fleet that are under way: each returns within a second of that, with
 * VBC_E_CANCELLED for the hosts that had not answered. NULL is fine. Any thread. Errors: none.
 * Since 0.1.
 */
void vbc_fleet_cancel(struct vbc_fleet *fleet);

/* A host that did not do what it was asked. Since 0.1. */
struct vbc_fleet_failure {
	const char *host; /* its name */
	size_t number;
	struct vbc_error error;
};

struct vbc_fleet_failures {
	size_t n;
	const struct vbc_fleet_failure *const *v; /* in the order of the members */
};

/*
 * Calls `call` once for each host, in a thread for each (up to 128 at the same time), and returns
 * when all have returned. `host` has the time of the fleet from then on: once that is over, each
 * library function that it is used with ends within a second, with VBC_E_CANCELLED or
 * VBC_E_TIMEOUT, and when `call` returns one of these, it counts as VBC_E_TIMEOUT. So use it for
 * what only reads. `call` returns 0, or a code of enum vbc_code with *err filled; `host` is good
 * until then. `data` is handed to each. *ret_failures is the caller's, free it with
 * vbc_fleet_failures_free(); it is set whatever the hosts did. Errors: VBC_E_NOMEM. Any thread.
 * Since 0.1.
 */
int vbc_fleet_each(struct vbc_fleet *fleet,
		   int (*call)(void *data, size_t number, struct vbc_host *host,
			       struct vbc_error *err),
		   void *data, struct vbc_fleet_failures **ret_failures, struct vbc_error *err);
void vbc_fleet_failures_free(struct vbc_fleet_failures *failures);

/* A node, and where it is. Since 0.1. */
struct vbc_fleet_node {
	const char *host; /* the name of its host                                           */
	size_t number;    /* the number of its host                                         */
	/* Of a host that did not answer: when it last told of the node, since 1970 UTC. Its state
	   is VBC_NODE_STATE_UNKNOWN then, and of its fields only id, name, image, size, cpus,
	   memory_mib, disk_gib, created_at_ms and tags are known. 0: the host answered.       */
	int64_t seen_at_ms;
	const struct vbc_node *node;
};

struct vbc_fleet_nodes {
	size_t n;
	const struct vbc_fleet_node *const *v; /* by their names, then by host */
	struct vbc_fleet_failures failures;    /* of the hosts that did not answer in time */
};

/*
 * Lists the nodes of all hosts, as vbc_node_list() does of each. That hosts did not answer is no
 * error, whether some or all: see `failures`. `fields`: enum vbc_node_field, or-ed; with a
 * `seen_folder`, VBC_NODE_FIELD_NAME and VBC_NODE_FIELD_SIZE are always among them. *ret_nodes is
 * the caller's, free it with vbc_fleet_nodes_free(). Errors: VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_fleet_node_list(struct vbc_fleet *fleet, unsigned fields,
			struct vbc_fleet_nodes **ret_nodes, struct vbc_error *err);
void vbc_fleet_nodes_free(struct vbc_fleet_nodes *nodes);

/* What a host of a fleet tells, valid during the call only. Since 0.1. */
struct vbc_fleet_event {
	const char *host; /* its name   */
	size_t number;    /* its number */
	/* What has happened there. NULL: when it was first asked, it could not be watched, for
	   `error`. That is told once; it is tried again, less and less often, and once it answers,
	   VBC_EVENT_TYPE_WATCHING is told of it. Whom it refuses (user, password, certificate) does
	   not ask it again. */
	const struct vbc_event *event;
	const struct vbc_error *error; /* NULL with an event */
};

/*
 * Watches all hosts, as vbc_watch() does one, and calls `tell` for each event of each host, handing
 * it `data`, until it returns non-zero: then the result is VBC_OK. It is called in threads of the
 * call's own, by one at a time; the events of a host come in their order. A host that goes away and
 * comes back costs the others nothing: it is logged, and VBC_EVENT_TYPE_WATCHING is told of that
 * host again, because what happened there meanwhile is not known.
 *
 * wait->tick is asked in this thread, several times a second: non-zero ends the watch with
 * VBC_E_CANCELLED, as vbc_fleet_cancel() does, and timeout_ms with VBC_E_TIMEOUT. wait may be NULL.
 * Errors: VBC_E_CONNECT (no host could be watched; why, was told of each), VBC_E_NOMEM (also where
 * the system gives no thread for each host). Any thread. Since 0.1.
 */
int vbc_fleet_watch(struct vbc_fleet *fleet,
		    int (*tell)(void *data, const struct vbc_fleet_event *event), void *data,
		    const struct vbc_wait *wait, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
