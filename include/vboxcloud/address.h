/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Addresses at which nodes are reached, each with the way it became known.
 */
#ifndef VBOXCLOUD_ADDRESS_H
#define VBOXCLOUD_ADDRESS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How an address is known. Since 0.1. */
enum vbc_address_source {
	VBC_ADDRESS_SOURCE_GUEST = 1, /* told by VirtualBox's guest additions since boot */
	VBC_ADDRESS_SOURCE_LEASE,     /* VirtualBox's DHCP server has given it (6.1 and later) */
	VBC_ADDRESS_SOURCE_FORWARD    /* a TCP port of the host is forwarded */
};

/* The name of a source: "guest", "lease", "forward". Static text; any thread. Since 0.1. */
const char *vbc_address_source_name(enum vbc_address_source source);

/*
 * One address. The guest's own in a NAT is none: nobody else can use it. Since 0.1.
 */
struct vbc_address {
	const char *host;    /* IPv4; of a forward also the host's name, as in the handle's URL */
	unsigned port;       /* of a forward; 0: all, this is the guest's own address           */
	unsigned guest_port; /* what `port` leads to                                            */
	unsigned adapter;    /* slot                                                            */
	enum vbc_address_source source;
};

struct vbc_addresses {
	size_t n;
	const struct vbc_address *const *v;
};

/* Some texts. Since 0.1. */
struct vbc_texts {
	size_t n;
	const char *const *v;
};

#ifdef __cplusplus
}
#endif
#endif
