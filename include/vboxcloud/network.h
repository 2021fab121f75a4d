/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Networks, and the network adapters of nodes.
 */
#ifndef VBOXCLOUD_NETWORK_H
#define VBOXCLOUD_NETWORK_H

#include <stdbool.h>

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a network adapter is attached to. Since 0.1. */
enum vbc_network_kind {
	VBC_NETWORK_KIND_NONE = 0,    /* nothing: the cable is unplugged                        */
	VBC_NETWORK_KIND_NAT,         /* a NAT of its own, reached through forwards             */
	VBC_NETWORK_KIND_NATNETWORK,  /* a NAT that nodes share                                 */
	VBC_NETWORK_KIND_BRIDGED,     /* an interface of the host                               */
	VBC_NETWORK_KIND_INTERNAL,    /* other nodes only                                       */
	VBC_NETWORK_KIND_HOSTONLY,    /* a host-only interface: the host and other nodes        */
	VBC_NETWORK_KIND_HOSTONLYNET, /* a host-only network, of VirtualBox 7.0 and later       */
	VBC_NETWORK_KIND_GENERIC,     /* a driver of another kind                               */
	VBC_NETWORK_KIND_UNKNOWN      /* of a newer VirtualBox                                  */
};

/*
 * The name of a kind, as VBoxManage has it: "nat", "natnetwork", ... Static text; any thread. Since
 * 0.1.
 */
const char *vbc_network_kind_name(enum vbc_network_kind kind);

/* A network adapter of a node. Since 0.1. */
struct vbc_network_adapter {
	unsigned slot; /* from 0                                                      */
	enum vbc_network_kind kind;
	const char *network; /* its name; "" where the kind has none                        */
	const char *mac;     /* "08:00:27:1a:2b:3c"; "" unknown                             */
};

struct vbc_network_adapters {
	size_t n;
	const struct vbc_network_adapter *const *v;
};

/* A network to attach an adapter to. Since 0.1. */
struct vbc_network_choice {
	enum vbc_network_kind kind;
	const char *name; /* NULL: the first of its kind; of internal ones "intnet"         */
};

/*
 * Reads "nat", "bridged", "bridged:eth0", "internal:lab", ...; *ret_choice's name points into
 * `text`. Errors: VBC_E_ARG. Any thread. Since 0.1.
 */
int vbc_network_parse(const char *text, struct vbc_network_choice *ret_choice,
		      struct vbc_error *err);

/* A network of a host. Since 0.1. */
struct vbc_network {
	enum vbc_network_kind kind;
	const char *name;
	const char *cidr; /* "10.0.2.0/24", of interfaces with the host's own address; "" none   */
	bool dhcp;        /* VirtualBox gives addresses there                                   */
	bool up;          /* switched on; of interfaces: up                                     */
};

struct vbc_networks {
	size_t n;
	const struct vbc_network *const *v;
};

/*
 * Lists the networks of a host, by kind and name: NAT networks, host-only interfaces and networks,
 * interfaces that can be bridged, and internal networks that a node uses. *ret_networks is the
 * caller's, free it with vbc_networks_free(). Errors as vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_network_list(struct vbc_host *host, struct vbc_networks **ret_networks,
		     struct vbc_error *err);
void vbc_networks_free(struct vbc_networks *networks);

/* How to create. Start from VBC_NETWORK_CREATE_OPTS_INIT; strings are borrowed for the call. */
struct vbc_network_create_opts {
	size_t size;
	enum vbc_network_kind kind; /* VBC_NETWORK_KIND_NATNETWORK, _HOSTONLY or _HOSTONLYNET */
	const char *name; /* NULL of VBC_NETWORK_KIND_HOSTONLY: VirtualBox names those       */
	const char *cidr; /* "10.9.0.0/24"; NULL: VirtualBox's own choice               */
	bool no_dhcp;     /* of a NAT network: gives no addresses                      */
};

#define VBC_NETWORK_CREATE_OPTS_INIT                                                               \
	{                                                                                          \
		.size = sizeof(struct vbc_network_create_opts),                                    \
		.kind = VBC_NETWORK_KIND_NATNETWORK                                                \
	}

/*
 * Creates a network. *ret_network is the caller's, free it with vbc_network_free(). Errors:
 * VBC_E_ARG, VBC_E_EXISTS, VBC_E_VERSION (this host has no such networks), VBC_E_FAULT (host-only
 * interfaces: the host's kernel module is missing, or the range is not allowed there), and those of
 * vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_network_create(struct vbc_host *host, const struct vbc_network_create_opts *opts,
		       const struct vbc_wait *wait, struct vbc_network **ret_network,
		       struct vbc_error *err);
void vbc_network_free(struct vbc_network *network);

/*
 * Deletes a NAT network, a host-only interface or a host-only network. Errors: VBC_E_NOTFOUND,
 * VBC_E_ARG (it is of a kind that cannot be deleted), VBC_E_BUSY (a node uses it). Any thread.
 * Since 0.1.
 */
int vbc_network_delete(struct vbc_host *host, const char *name, const struct vbc_wait *wait,
		       struct vbc_error *err);

/* How to attach. Start from VBC_NETWORK_ATTACH_OPTS_INIT. */
struct vbc_network_attach_opts {
	size_t size;
	int slot; /* of the adapter; negative: the first that is free */
};

#define VBC_NETWORK_ATTACH_OPTS_INIT                                                               \
	{                                                                                          \
		.size = sizeof(struct vbc_network_attach_opts), .slot = -1                         \
	}

/*
 * Attaches an adapter of a stopped node to the network `choice`. opts may be NULL. *ret_slot (may
 * be NULL) tells which adapter. Errors: VBC_E_NOTFOUND, VBC_E_EXISTS (that adapter is attached),
 * VBC_E_STATE (the node is not stopped, or all are attached), VBC_E_VERSION, VBC_E_BUSY, VBC_E_ARG.
 * Any thread. Since 0.1.
 */
int vbc_network_attach(struct vbc_host *host, const char *node,
		       const struct vbc_network_choice *choice,
		       const struct vbc_network_attach_opts *opts, const struct vbc_wait *wait,
		       unsigned *ret_slot, struct vbc_error *err);

/*
 * Switches the adapter `slot` of a stopped node off; its forwards go with it. Errors as
 * vbc_network_attach(), and VBC_E_NOTFOUND when that adapter is off. Any thread. Since 0.1.
 */
int vbc_network_detach(struct vbc_host *host, const char *node, unsigned slot,
		       const struct vbc_wait *wait, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
