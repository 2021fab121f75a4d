/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a host has for its machines.
 */
#ifndef VBC_BASE_OVERCOMMIT_H
#define VBC_BASE_OVERCOMMIT_H

#include <vboxcloud/node.h>

/* What the text of a failure begins with that tells of a host without room. */
#define VBC_NO_ROOM "no room: "

/* Of a factor that is 0 the default counts; of one that is no number, nothing is left. */
static inline uint64_t vbc_overcommit_apply(double factor, double otherwise, unsigned has)
{
	double room = (factor == 0 ? otherwise : factor) * has;

	return room > 0 && room < 1e15 ? (uint64_t)(room + 1e-6) : 0;
}

static inline uint64_t vbc_overcommit_cpus(const struct vbc_overcommit *o, unsigned cpus)
{
	return vbc_overcommit_apply(o->cpus, VBC_OVERCOMMIT_CPUS, cpus);
}

static inline uint64_t vbc_overcommit_memory(const struct vbc_overcommit *o, unsigned memory_mib)
{
	return vbc_overcommit_apply(o->memory, VBC_OVERCOMMIT_MEMORY, memory_mib);
}

#endif
