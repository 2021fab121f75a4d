/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The network adapters and the port forwards of a new machine. It is not registered yet, so it is
 * changed without a lock.
 */
#include "node/adapters.h"

#include <vboxcloud/node.h>

#include "forward/new.h"
#include "forward/request.h"
#include "machine/adapter-slots.h"
#include "network/attach.h"
#include "network/choice.h"

/* What VirtualBox gives a machine when nothing is asked for. */
static const struct vbc_network_choice standard = {.kind = VBC_NETWORK_KIND_NAT};

static const struct vbc_network_choice *choice_find_slot(const struct vbc_node_create_opts *opts,
							 unsigned slot)
{
	if (!opts->n_networks)
		return slot ? NULL : &standard;
	return slot < opts->n_networks ? &opts->networks[slot] : NULL;
}

static bool choice_is_nat(const struct vbc_node_create_opts *opts, unsigned slot)
{
	const struct vbc_network_choice *choice = choice_find_slot(opts, slot);

	return choice && choice->kind == VBC_NETWORK_KIND_NAT;
}

int vbc_node_check_adapters(const struct vbc_node_create_opts *opts, struct vbc_error *err)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < opts->n_forwards; i++) {
		struct vbc_forward_request request;

		code = vbc_forward_read_request(opts->forwards[i], &request, err);
		if (!code && !choice_is_nat(opts, request.slot))
			code = vbc_fail(err, VBC_E_ARG,
					"port %u cannot be forwarded: adapter %u is not on NAT",
					request.r.guest_port, request.slot);
	}
	return code;
}

static int node_add_forwards(struct vbc_op *op, vbc_ref machine, const char *id,
			     const struct vbc_node_create_opts *opts)
{
	bool has_ssh = false;
	unsigned slot = 0;
	int code = VBC_OK;

	for (size_t i = 0; !code && i < opts->n_forwards; i++) {
		struct vbc_forward_request request;

		code = vbc_forward_read_request(opts->forwards[i], &request, &op->error);
		has_ssh |= request.r.guest_port == VBC_SSH_PORT &&
			   request.r.protocol == VBC_NATProtocol_TCP;
		if (!code)
			code = vbc_forward_add_new(op, machine, id, &request);
	}
	while (slot < VBC_ADAPTERS_MAX && !choice_is_nat(opts, slot))
		slot++;
	return code || has_ssh || slot == VBC_ADAPTERS_MAX
		       ? code
		       : vbc_forward_add_ssh(op, machine, id, slot);
}

int vbc_node_set_adapters(struct vbc_op *op, vbc_ref machine, const char *id,
			  const struct vbc_node_create_opts *opts, const char *const *names)
{
	int code = VBC_OK;

	for (unsigned slot = 0; !code && slot < opts->n_networks; slot++) {
		bool off = opts->networks[slot].kind == VBC_NETWORK_OFF;
		vbc_ref adapter = {NULL};

		if (off && slot) /* as VirtualBox makes them, but for the first */
			continue;
		code = vbc_part(op, VBC_M_IMachine_getNetworkAdapter, machine, slot, &adapter);
		if (!code)
			code = off ? vbc_INetworkAdapter_setEnabled(op, adapter, false)
				   : vbc_network_plug(op, adapter, opts->networks[slot].kind,
						      names[slot]);
	}
	return code ? code : node_add_forwards(op, machine, id, opts);
}
