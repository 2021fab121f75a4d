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

/* Reads a size id and checks it against VirtualBox's limits and the host's. */
int vbc_size_for_host(struct vbc_op *op, const char *id, struct vbc_size *ret_size);

#endif
