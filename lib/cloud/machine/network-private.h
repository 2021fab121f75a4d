/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of networks and port forwards share: the network adapters of machines, and the
 * ports of the host that are spoken for.
 */
#ifndef VBC_MACHINE_NETWORK_PRIVATE_H
#define VBC_MACHINE_NETWORK_PRIVATE_H

#include <vboxcloud/network.h>

#include "journal/doing.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/op.h"

#define VBC_ADAPTERS     8  /* of a machine, but for those with the chipset ICH9 */
#define VBC_ADAPTERS_MAX 36 /* those have                                        */

/* What of an adapter is asked for. */
enum { VBC_ADAPTER_FORWARDS = 1, VBC_ADAPTER_NETWORK = 2, VBC_ADAPTER_MAC = 4 };

/* An adapter that is switched on; strings in the operation's arena. */
struct vbc_adapter {
	vbc_ref ref;
	size_t machine; /* its place among those that were asked about */
	unsigned slot;
	bool enabled;
	enum vbc_NetworkAttachmentType type;
	const char *network; /* name of what it is attached to, "" for NAT */
	const char *mac;     /* as VirtualBox has it: vbc_mac_text() */
	vbc_ref nat;         /* NAT engine */
	struct vbc_strs redirects;
};

struct vbc_adapters {
	size_t n;
	const struct vbc_adapter *v; /* by machine, then slot */
	const uint32_t *slots;       /* how many each machine has, also those that are off */
};

/* The adapters of some machines; those that VirtualBox cannot read have none. */
int vbc_adapters_get(struct vbc_op *op, const vbc_ref *machines, size_t n, unsigned what,
		     struct vbc_adapters *ret);

/*
 * How many adapters each of some machines has; *ret_lost is set when an object that was asked is no
 * more.
 */
int vbc_network_slots(struct vbc_op *op, const vbc_ref *machines, size_t n,
		      const uint32_t **ret_slots, bool *ret_lost);

/* "0800271A2B3C" as "08:00:27:1a:2b:3c", in the operation's arena, "" what is no such
 * address; NULL when there is no memory. */
const char *vbc_mac_text(struct vbc_op *op, const char *mac);

enum vbc_network_kind vbc_network_kind_from(enum vbc_NetworkAttachmentType type);
enum vbc_NetworkAttachmentType vbc_network_kind_to(enum vbc_network_kind kind);

/* A port forward as VirtualBox writes it: "name,1,127.0.0.1,20022,,22". */
struct vbc_redirect {
	const char *name, *host_ip, *guest_ip;
	enum vbc_NATProtocol protocol;
	unsigned host_port, guest_port;
};

/* Strings in the operation's arena. False when it is none, or when there is no memory. */
bool vbc_redirect_parse(struct vbc_op *op, const char *text, struct vbc_redirect *ret);

/* "tcp" or "udp" */
const char *vbc_protocol_name(enum vbc_NATProtocol protocol);

/*
 * Reserves a port of the host for a node (an id): the port `wanted`, VBC_E_EXISTS when another
 * machine has it, or with 0 a free one. No two clients get the same. A node's reservation of a port
 * it has already is left as it is.
 */
int vbc_port_reserve(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
		     unsigned wanted, unsigned *ret_port);
/* Gives it back; harmless when there is none. */
int vbc_port_free(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
		  unsigned port);
/* Gives all ports of a node back. */
int vbc_port_free_all(struct vbc_op *op, const char *node);

/*
 * Gives back those ports of a node that its machine does not use, and reserves those that it does:
 * after its forwards or its display were changed in another way than one by one.
 */
int vbc_port_settle(struct vbc_op *op, const char *node, vbc_ref machine);

/*
 * Tells of each reservation whose node is gone or does not use that port, and removes it unless
 * that is a dry run; for gc. keys: of the host's extra data, without what a sweep of
 * the journal has removed.
 */
int vbc_port_sweep_tell(struct vbc_op *op, const struct vbc_strs *keys,
			const struct vbc_sweep *sweep);

/* A reservation's id, "tcp/20022/<uuid>": libcloud/port/... is its key. */
#define VBC_PORT_KIND "port"
const char *vbc_port_id(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			unsigned port);
/* Its parts; false when it is none. */
bool vbc_port_split(const char *id, enum vbc_NATProtocol *ret_protocol, unsigned *ret_port,
		    const char **ret_node);
/* Writes it, whoever else may have that port. chosen: by us, another would do. */
int vbc_port_write(struct vbc_op *op, const char *id, bool chosen);
/* Whether the node's reservation of that port was written so. */
int vbc_port_was_chosen(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			unsigned port, bool *ret);
/* Says that VirtualBox did not get a port of that address of the host, "" all; never NULL. */
const char *vbc_port_refusal(struct vbc_op *op, const char *protocol, unsigned port,
			     const char *address);
int vbc_port_fail_refused(struct vbc_op *op, const char *protocol, unsigned port,
			  const char *address);
/* Whether its node is gone: not registered, nor about to be. */
int vbc_port_owner_gone(struct vbc_op *op, const char *node, bool *ret);

/* The host-only networks; on hosts that have none of that kind, whatever their release, none. */
int vbc_network_hostonlynets(struct vbc_op *op, struct vbc_refs *ret);

/* Of a new node's adapters: it stays switched off. */
#define VBC_NETWORK_OFF ((enum vbc_network_kind)(VBC_NETWORK_UNKNOWN + 1))

/* Resolves what a node is to be attached to: each with the name of a network that there is. */
int vbc_network_resolve(struct vbc_op *op, const struct vbc_network_choice *choices, size_t n,
			const char ***ret_names);

/* Switches an adapter on, attached to a network; it must be off, or the first of a new machine. */
int vbc_network_plug(struct vbc_op *op, vbc_ref adapter, enum vbc_network_kind kind,
		     const char *name);

#endif
