/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One call to each host of a fleet, with the time it has.
 */
#ifndef VBC_FLEET_EACH_H
#define VBC_FLEET_EACH_H

#include "fleet/fleet.h"

/* As of vbc_fleet_each(). */
typedef int vbc_fleet_call(void *data, size_t number, struct vbc_host *host, struct vbc_error *err);

/* Calls it for each host; errors[i] is that of host i, its code 0: there was none. */
void vbc_fleet_call_each(struct vbc_fleet *fleet, vbc_fleet_call *call, void *data,
			 struct vbc_error *errors);

struct vbc_arena;

/* What of the hosts' errors are failures, in an arena. false: there is no memory. */
bool vbc_fleet_take_failures(const struct vbc_fleet *fleet, const struct vbc_error *errors,
			     struct vbc_arena *arena, struct vbc_fleet_failures *ret);

#endif
