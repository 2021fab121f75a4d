/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a host has, and whether a size fits it.
 */
#ifndef VBC_HOST_SIZE_H
#define VBC_HOST_SIZE_H

#include "vbox/op.h"

/* In the extra data of a machine, as the original driver keeps its size id. */
#define VBC_NODE_SIZE_KEY "libcloud_size"

struct vbc_size;

struct vbc_limits {
	vbc_ref host; /* IHost */
	uint32_t cpus, memory_mib;
};

int vbc_host_limits(struct vbc_op *op, struct vbc_limits *ret);

/*
 * Reads a size id of which parts may be left out, like "4_cpu-30_disk", and checks it against
 * VirtualBox's limits; these parts become 0, which none can be.
 */
int vbc_size_parse_parts(const char *id, struct vbc_size *ret_size, struct vbc_error *err);
/* Whether it has all its parts. */
bool vbc_size_is_whole(const struct vbc_size *size);

/*
 * Reads a size id, takes the parts that it lacks from `rest` (NULL: it lacks none; id NULL: all),
 * and checks it against VirtualBox's limits and the host's. The id that it gets is `id`, or in the
 * operation's arena.
 */
int vbc_size_for_host(struct vbc_op *op, const char *id, const struct vbc_size *rest,
		      struct vbc_size *ret_size);
/* The same, whatever the host has. */
int vbc_size_choose(struct vbc_op *op, const char *id, const struct vbc_size *rest,
		    struct vbc_size *ret_size);

#endif
