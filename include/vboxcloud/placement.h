/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Placement: which host of a fleet gets a new node. Hosts that cannot have it are left out, each
 * with its reason; the others are put in order; and several clients that place at the same time,
 * and know nothing of each other, never promise more of a host than it has.
 */
#ifndef VBOXCLOUD_PLACEMENT_H
#define VBOXCLOUD_PLACEMENT_H

#include <vboxcloud/fleet.h>
#include <vboxcloud/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What room is asked for. Start from VBC_ROOM_OPTS_INIT; all is borrowed for the call. Since 0.1.
 */
struct vbc_room_opts {
	size_t size;
	const char *image; /* the image of the node, by id or name; NULL: it needs none        */
	const char *node_size; /* as in vbc_node_create_opts                                     */
	bool linked;           /* the same                                                       */
	/* Tags whose nodes are counted; a value of NULL is any. */
	const struct vbc_tag *near_tags, *apart_tags;
	size_t n_near_tags, n_apart_tags;
};

#define VBC_ROOM_OPTS_INIT                                                                         \
	{                                                                                          \
		.size = sizeof(struct vbc_room_opts)                                               \
	}

/* What a host has, and what is promised of it. Since 0.1. */
struct vbc_room {
	unsigned cpus, memory_mib; /* of the host                                              */
	/* Of its machines, whether they run or not, and of nodes that clients are about to make. */
	uint64_t cpus_promised, memory_promised_mib;
	int64_t disk_free_bytes; /* where its machines are; below 0: unknown                     */
	bool is_cordoned;        /* it takes no new nodes                                        */
	size_t n_machines;
	size_t n_near, n_apart; /* nodes with one of these tags                                */
	/* What the node asks for; all 0 where that follows from an image that is not there. */
	unsigned cpus_asked, memory_asked_mib, disk_asked_gib;
	bool has_image;            /* or none was asked for                                   */
	const char *image;         /* its id; "" none                                         */
	const char *image_name;    /* "" none                                                 */
	const char *image_sha256;  /* as in struct vbc_image; "" unknown                      */
	uint64_t image_size_bytes; /* what the guest sees; 0 unknown                          */
	uint64_t image_used_bytes; /* on the host's disk, as much as a full copy takes at
				      first; 0 unknown                                        */
};

/*
 * Asks a host what room it has for a node. It changes nothing. opts may be NULL. *ret_room is the
 * caller's, free it with vbc_room_free(). Errors: VBC_E_ARG (several images have that name, the
 * size cannot be used), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_host_room(struct vbc_host *host, const struct vbc_room_opts *opts,
		  struct vbc_room **ret_room, struct vbc_error *err);
void vbc_room_free(struct vbc_room *room);

/* Which of the hosts that can have a node comes first. Since 0.1. */
enum vbc_placement_strategy {
	VBC_PLACEMENT_STRATEGY_SPREAD = 0, /* the one with the most free memory */
	VBC_PLACEMENT_STRATEGY_PACK = 1    /* the one with the most that is promised    */
};

/* What is known of a host here. A host that is not told of has no labels. Since 0.1. */
struct vbc_placement_host {
	const char *host;             /* its name in the fleet                                 */
	const struct vbc_tag *labels; /* a value of "" is none                                 */
	size_t n_labels;
	struct vbc_overcommit overcommit;
};

/* How to place. Start from VBC_PLACEMENT_OPTS_INIT; all is borrowed for the call. Since 0.1. */
struct vbc_placement_opts {
	size_t size;
	enum vbc_placement_strategy strategy;
	const struct vbc_placement_host *hosts;
	size_t n_hosts;
	const struct vbc_tag
		*where; /* labels that the host must all have; a value of NULL is any */
	size_t n_where;
	/*
	 * Hosts with more nodes that have one of `near_tags` come first, whatever the strategy, and
	 * of these hosts with fewer that have one of `apart_tags`. A value of NULL is any.
	 */
	const struct vbc_tag *near_tags, *apart_tags;
	size_t n_near_tags, n_apart_tags;
	const char *exclude; /* the name of a host that is not meant; NULL: none                 */
	unsigned count;      /* how many equal nodes are to be placed, up to 1 000; 0: one       */
};

#define VBC_PLACEMENT_OPTS_INIT                                                                    \
	{                                                                                          \
		.size = sizeof(struct vbc_placement_opts)                                          \
	}

/* Why a host cannot have a node. More may be added. Since 0.1. */
enum vbc_placement_reason {
	VBC_PLACEMENT_REASON_FITS = 0,
	VBC_PLACEMENT_REASON_FAILED,   /* it did not answer, or cannot say: see `error`   */
	VBC_PLACEMENT_REASON_EXCLUDED, /* by the caller */
	VBC_PLACEMENT_REASON_LABEL,    /* it lacks a label    */
	VBC_PLACEMENT_REASON_CORDONED,
	VBC_PLACEMENT_REASON_IMAGE, /* it does not have the image */
	VBC_PLACEMENT_REASON_CPUS,
	VBC_PLACEMENT_REASON_MEMORY,
	VBC_PLACEMENT_REASON_DISK,
	VBC_PLACEMENT_REASON_REFUSED /* it was chosen, and another client was faster, or its disk
					full   */
};

/* The name of a reason: "fits", "memory". Static text; any thread. Since 0.1. */
const char *vbc_placement_reason_name(enum vbc_placement_reason reason);

/* What was found of a host. Since 0.1. */
struct vbc_placement_row {
	const char *host;
	size_t number; /* of the host */
	enum vbc_placement_reason reason;
	const char *text;       /* the same for people: "2048 MiB free, 4096 asked"; "" it fits */
	struct vbc_error error; /* of VBC_PLACEMENT_REASON_FAILED and _REFUSED, else code 0 */
	bool is_known;          /* what follows is; else it is 0                                  */
	uint64_t cpus_free, memory_free_mib; /* with overcommit                                   */
	int64_t disk_free_bytes; /* below 0: unknown                                   */
	bool has_image;
	size_t n_near, n_apart, n_machines;
	unsigned rank; /* 1: it comes first; 0: it cannot have the node */
};

struct vbc_placement {
	size_t n;
	const struct vbc_placement_row *const *v; /* in the order of the fleet's members */
	size_t n_fit;
	const size_t *order; /* [n_fit] the numbers of hosts, the best first             */
	/* [n_nodes] on which of them each of `count` nodes is best made: fewer than `count` where
	   there is no room for all. */
	size_t n_nodes;
	const size_t *nodes;
	unsigned cpus_asked, memory_asked_mib, disk_asked_gib; /* of one node; 0 unknown */
	size_t image_from; /* the number of a host that has the image; n: none has, or none is
			      needed */
	const char *image_from_id; /* its id there; "" none */
};

/*
 * Asks all hosts at the same time, with the fleet's time for each, and decides which could have the
 * node that `node` describes (only image, node_size, linked, iso and tags count). It changes
 * nothing. That no host fits, or answers, is no error: see the rows. Of hosts that are about as
 * good as the best, up to three, any comes first, so that clients that place at the same time do
 * not all choose one. opts may be NULL. *ret_placement is the caller's, free it with
 * vbc_placement_free(). Errors: VBC_E_ARG, VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_fleet_place(struct vbc_fleet *fleet, const struct vbc_node_create_opts *node,
		    const struct vbc_placement_opts *opts, struct vbc_placement **ret_placement,
		    struct vbc_error *err);
void vbc_placement_free(struct vbc_placement *placement);

/*
 * Says in *err why no host of a placement can have the node, each with its figure, and returns the
 * code. Errors: VBC_E_SPACE, VBC_E_NOTFOUND (the image, or a label, is nowhere), VBC_E_STATE (those
 * that could have it are cordoned), VBC_E_CONNECT (hosts that may have had it did not answer), or
 * what all failed with. Any thread. Since 0.1.
 */
int vbc_placement_fail(const struct vbc_placement *placement, struct vbc_error *err);

/*
 * Makes a node on a host of a placement, and on the next one where a host has no room left. The
 * `nth` node of the placement, from 0, begins with the host that is best for it. Room is claimed as
 * opts->within of vbc_node_create_opts says, with each host's own overcommit. `node` and `opts` as
 * they were in vbc_fleet_place(). *ret_node is the caller's, free it with vbc_fleet_node_free().
 * Errors: those of vbc_node_create() and of vbc_placement_fail(). Any thread. Since 0.1.
 */
int vbc_fleet_node_create_at(struct vbc_fleet *fleet, const struct vbc_placement *placement,
			     size_t nth, const char *name, const struct vbc_node_create_opts *node,
			     const struct vbc_placement_opts *opts, const struct vbc_wait *wait,
			     struct vbc_fleet_node **ret_node, struct vbc_error *err);

/*
 * Places one node, and makes it: vbc_fleet_place(), then vbc_fleet_node_create_at(). *ret_node is
 * the caller's, free it with vbc_fleet_node_free(). Errors: those of these two. Any thread. Since
 * 0.1.
 */
int vbc_fleet_node_create(struct vbc_fleet *fleet, const char *name,
			  const struct vbc_node_create_opts *node,
			  const struct vbc_placement_opts *opts, const struct vbc_wait *wait,
			  struct vbc_fleet_node **ret_node, struct vbc_error *err);
void vbc_fleet_node_free(struct vbc_fleet_node *node);

#ifdef __cplusplus
}
#endif
#endif
