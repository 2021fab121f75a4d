/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_CIDR_H
#define VBC_MACHINE_CIDR_H

#include <stdbool.h>
#include <stdint.h>

struct vbc_arena;

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

#endif
