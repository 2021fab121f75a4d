/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_PORT_H
#define VBC_FORWARD_PORT_H

#include "vbox/op.h"

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
/* The same; keys: of the host's extra data, as they are now. */
int vbc_port_free_listed(struct vbc_op *op, const struct vbc_strs *keys, const char *node);

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

#endif
