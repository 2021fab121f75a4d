/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The nodes of several hosts as one list.
 */
#ifndef VBC_FLEET_MERGE_H
#define VBC_FLEET_MERGE_H

#include <stdbool.h>

#include <vboxcloud/fleet.h>

#include "base/arena.h"

/* What is known of a host. */
struct vbc_fleet_part {
	const char *host;
	const struct vbc_nodes *nodes; /* NULL: nothing is */
	int64_t seen_at_ms;            /* as of struct vbc_fleet_node */
};

/* The nodes of parts[0..n), which are borrowed, by name; false: there is no memory in the arena. */
bool vbc_fleet_merge(const struct vbc_fleet_part *parts, size_t n, struct vbc_arena *arena,
		     struct vbc_fleet_nodes *ret);

#endif
