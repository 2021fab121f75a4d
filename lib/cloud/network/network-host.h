/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a host's networks share.
 */
#ifndef VBC_NETWORK_NETWORK_HOST_H
#define VBC_NETWORK_NETWORK_HOST_H

#include "machine/network-private.h"

/* A range of IPv4 addresses, as numbers. */
struct vbc_cidr {
	uint32_t network, mask;
};

/* "10.9.0.0/24"; false when it is none, or has fewer than four addresses. */
bool vbc_cidr_parse(const char *text, struct vbc_cidr *ret);
/* From an address and a mask: "192.168.56.1/24"; "" when there is no address. */
const char *vbc_cidr_join(struct vbc_arena *a, const char *address, const char *mask);
/* The n-th address of a range (its mask: n < 0), as text; NULL when there is no memory. */
const char *vbc_cidr_address(struct vbc_arena *a, const struct vbc_cidr *cidr, int64_t n);

/* In the journal's entry of one that is being made. */
#define VBC_NETWORK_KIND "network"
#define VBC_NETWORK_NAME "name"
#define VBC_NETWORK_ID   "id"

/* VirtualBox's object of that kind and name; null when there is none. */
int vbc_network_find(struct vbc_op *op, enum vbc_network_kind kind, const char *name, vbc_ref *ret);

/* All that is shown of a network, asked of VirtualBox's object. */
int vbc_network_show(struct vbc_op *op, enum vbc_network_kind kind, vbc_ref ref,
		     struct vbc_network **ret);

#endif
