/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A fleet, and the hosts in it.
 */
#ifndef VBC_FLEET_FLEET_H
#define VBC_FLEET_FLEET_H

#include <stdatomic.h>

#include <vboxcloud/fleet.h>

/* A host. `handle` keeps its connections and its web session; each call opens one more beside it,
 * with a deadline of its own. */
struct vbc_member {
	char *name;
	struct vbc_host_opts opts; /* its strings are its own */
	struct vbc_host *handle;
};

struct vbc_fleet {
	struct vbc_member *members;
	size_t n;
	unsigned timeout_ms;
	char *seen_folder;     /* or NULL */
	atomic_uint cancelled; /* how often */
};

#endif
