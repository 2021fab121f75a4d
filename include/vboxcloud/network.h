/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Networks, and the network adapters of nodes.
 */
#ifndef VBOXCLOUD_NETWORK_H
#define VBOXCLOUD_NETWORK_H

#include <vboxcloud/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a network adapter is attached to. Since 0.1. */
enum vbc_network_kind {
	VBC_NETWORK_NONE = 0,     /* nothing: the cable is unplugged                        */
	VBC_NETWORK_NAT,          /* a NAT of its own, reached through forwards             */
	VBC_NETWORK_NATNETWORK,   /* a NAT that nodes share                                 */
	VBC_NETWORK_BRIDGED,      /* an interface of the host                               */
	VBC_NETWORK_INTERNAL,     /* other nodes only                                       */
	VBC_NETWORK_HOSTONLY,     /* a host-only interface: the host and other nodes        */
	VBC_NETWORK_HOSTONLYNET,  /* a host-only network, of VirtualBox 7.0 and later       */
	VBC_NETWORK_GENERIC,      /* a driver of another kind                               */
	VBC_NETWORK_UNKNOWN       /* of a newer VirtualBox                                  */
};

/* "nat", "natnetwork", ... as VBoxManage calls them. Static text; any thread. Since 0.1. */
const char *vbc_network_kind_name(enum vbc_network_kind kind);

/* A network adapter of a node. Since 0.1. */
struct vbc_network_adapter {
	unsigned slot;       /* from 0                                                      */
	enum vbc_network_kind kind;
	const char *network; /* its name; "" where the kind has none                        */
	const char *mac;     /* "08:00:27:1a:2b:3c"                                         */
};

struct vbc_network_adapters {
	size_t n;
	const struct vbc_network_adapter *const *v;
};

#ifdef __cplusplus
}
#endif
#endif
