/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_NAT_RULE_H
#define VBC_MACHINE_NAT_RULE_H

#include "vbox/op.h"

struct vbc_forward;

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

#define VBC_LOOPBACK "127.0.0.1"

int vbc_redirect_add(struct vbc_op *op, vbc_ref engine, const struct vbc_redirect *r);

/* A forward with its strings in that arena; false when there is no memory. */
bool vbc_forward_fill(struct vbc_arena *a, const char *node, unsigned adapter,
		      const struct vbc_redirect *r, struct vbc_forward *ret);

#endif
