/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A forward as somebody asks for it: what is left out is filled in, and what can be judged without
 * a host is.
 */
#include "forward/request.h"

#include <vboxcloud/forward.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/given.h"
#include "base/name.h"
#include "base/str.h"
#include "machine/adapter-slots.h"

static int forward_check_address(const char *which, const char *ip, struct vbc_error *err)
{
	struct in_addr address;

	return !ip[0] || inet_pton(AF_INET, ip, &address) == 1
		       ? VBC_OK
		       : vbc_fail(err, VBC_E_ARG, "'%s' is not an IPv4 address for the %s", ip,
				  which);
}

/* What can be judged without a host. VirtualBox itself takes any port and any address. */
static int forward_check_opts(const struct vbc_forward_add_opts *o, const struct vbc_redirect *r,
			      struct vbc_error *err)
{
	int code = vbc_name_check("forward", r->name, err);

	if (!code && strchr(r->name, ','))
		code = vbc_fail(err, VBC_E_ARG, "the name of a forward cannot hold a comma");
	if (!code && o->protocol && !streq(o->protocol, "tcp") && !streq(o->protocol, "udp"))
		code = vbc_fail(err, VBC_E_ARG, "protocol '%s' is neither tcp nor udp",
				o->protocol);
	if (!code && (r->guest_port < 1 || r->guest_port > 65535))
		code = vbc_fail(err, VBC_E_ARG, "the guest's port must be 1 to 65535, not %u",
				r->guest_port);
	if (!code && r->host_port > 65535)
		code = vbc_fail(err, VBC_E_ARG, "the host's port must be 1 to 65535, not %u",
				r->host_port);
	if (!code && o->adapter >= VBC_ADAPTERS_MAX)
		code = vbc_fail(err, VBC_E_ARG, "a node's adapters are numbered from 0 to %d",
				VBC_ADAPTERS_MAX - 1);
	if (!code)
		code = forward_check_address("host", r->host_ip, err);
	return code ? code : forward_check_address("guest", r->guest_ip, err);
}

int vbc_forward_read_request(const struct vbc_forward_add_opts *opts,
			     struct vbc_forward_request *ret, struct vbc_error *err)
{
	struct vbc_forward_add_opts o = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_redirect *r = &ret->r;

	vbc_opts_read(&o, opts);
	snprintf(ret->name, sizeof(ret->name), "%s-%u", o.protocol ? o.protocol : "tcp",
		 o.guest_port);
	ret->slot = o.adapter;
	*r = (struct vbc_redirect){.name = o.name ? o.name : ret->name,
				   .host_ip = o.host_ip ? o.host_ip : VBC_LOOPBACK,
				   .guest_ip = o.guest_ip ? o.guest_ip : "",
				   .host_port = o.host_port,
				   .guest_port = o.guest_port,
				   .protocol = o.protocol && streq(o.protocol, "udp")
						       ? VBC_NATProtocol_UDP
						       : VBC_NATProtocol_TCP};
	return forward_check_opts(&o, r, err);
}
