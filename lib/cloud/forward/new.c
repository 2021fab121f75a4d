/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The port forwards of machines that are not registered yet: they are changed without a lock, and
 * the journal's entry of the node stands for their ports too.
 */
#include "forward/new.h"

#include "forward/port.h"
#include "forward/request.h"
#include "machine/nat-rule.h"

#define SSH_NAME "ssh"

int vbc_forward_add_new(struct vbc_op *op, vbc_ref machine, const char *node,
			const struct vbc_forward_request *request)
{
	struct vbc_redirect r = request->r;
	vbc_ref adapter = {NULL}, engine = {NULL};
	int code = vbc_part(op, VBC_M_IMachine_getNetworkAdapter, machine, request->slot, &adapter);

	if (!code)
		code = vbc_part(op, VBC_M_INetworkAdapter_getNATEngine, adapter, 0, &engine);
	if (!code)
		code = vbc_port_reserve(op, node, r.protocol, r.host_port, &r.host_port);
	return code ? code : vbc_redirect_add(op, engine, &r);
}

int vbc_forward_add_ssh(struct vbc_op *op, vbc_ref machine, const char *node, unsigned slot)
{
	const struct vbc_forward_request request = {.slot = slot,
						    .r = {.name = SSH_NAME,
							  .host_ip = VBC_LOOPBACK,
							  .guest_ip = "",
							  .protocol = VBC_NATProtocol_TCP,
							  .guest_port = VBC_SSH_PORT}};

	return vbc_forward_add_new(op, machine, node, &request);
}
