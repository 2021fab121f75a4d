/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding one network by its name, and deleting networks.
 */
#include "network/delete.h"

#include <vboxcloud/node.h>

#include "base/given.h"
#include "base/str.h"
#include "host/keys.h"
#include "journal/run.h"
#include "machine/adapter.h"
#include "machine/list.h"
#include "machine/network-kind.h"
#include "machine/network.h"
#include "vbox/aside.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

/* That VirtualBox knows none of that name, or none of that kind, comes as a fault. */
static int network_find_named(struct vbc_op *op, enum vbc_network_kind kind, const char *name,
			      vbc_ref *ret)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = kind == VBC_NETWORK_KIND_NATNETWORK
			   ? vbc_IVirtualBox_findNATNetworkByName(op, op->vbox, name, ret)
			   : vbc_IVirtualBox_findHostOnlyNetworkByName(op, op->vbox, name, ret);

	if (code)
		*ret = (vbc_ref){NULL};
	return vbc_aside_forgive(&aside, code,
				 VBC_CODE(VBC_E_ARG) | VBC_CODE(VBC_E_NOTFOUND) |
					 VBC_CODE(VBC_E_VERSION));
}

static int network_find_interface(struct vbc_op *op, const char *name, vbc_ref *ret)
{
	struct vbc_refs refs = {0};
	vbc_ref host = {NULL};
	int code = vbc_op_ihost(op, &host);

	if (!code)
		code = vbc_IHost_findHostNetworkInterfacesOfType(
			op, host, VBC_HostNetworkInterfaceType_HostOnly, &refs);
	for (size_t i = 0; !code && i < refs.n; i++) {
		const char *its = "";

		code = vbc_IHostNetworkInterface_getName(op, refs.v[i], &its);
		if (streq(its, name))
			*ret = refs.v[i];
	}
	return code;
}

int vbc_network_find(struct vbc_op *op, enum vbc_network_kind kind, const char *name, vbc_ref *ret)
{
	*ret = (vbc_ref){NULL};
	if (kind == VBC_NETWORK_KIND_HOSTONLY)
		return network_find_interface(op, name, ret);
	if (kind == VBC_NETWORK_KIND_HOSTONLYNET &&
	    !vbc_op_has(op, VBC_M_IVirtualBox_findHostOnlyNetworkByName))
		return VBC_OK;
	return network_find_named(op, kind, name, ret);
}

static int network_remove_interface(struct vbc_op *op, const char *id)
{
	vbc_ref host = {NULL}, progress = {NULL};
	int code = vbc_op_ihost(op, &host);

	if (!code)
		code = vbc_IHost_removeHostOnlyNetworkInterface(op, host, id, &progress);
	return code ? code : vbc_progress_wait(op, progress, "deleting", 0, 100);
}

static int network_remove_of_kind(struct vbc_op *op, enum vbc_network_kind kind, vbc_ref network)
{
	const char *id = "";
	int code;

	if (kind == VBC_NETWORK_KIND_HOSTONLY) {
		code = vbc_IHostNetworkInterface_getId(op, network, &id);
		return code ? code : network_remove_interface(op, id);
	}
	return kind == VBC_NETWORK_KIND_NATNETWORK
		       ? vbc_IVirtualBox_removeNATNetwork(op, op->vbox, network)
		       : vbc_IVirtualBox_removeHostOnlyNetwork(op, op->vbox, network);
}

int vbc_network_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	struct vbc_network_choice choice = {.kind = VBC_NETWORK_KIND_NONE};
	const char *interface = vbc_meta_str(entry, VBC_NETWORK_ID);
	const char *name = vbc_meta_str(entry, VBC_NETWORK_NAME); /* "": not made yet */
	vbc_ref network = {NULL};
	int code = vbc_network_parse(vbc_meta_str(entry, VBC_NETWORK_KIND), &choice, &op->error);

	(void)id;
	if (!code && choice.kind == VBC_NETWORK_KIND_HOSTONLY)
		return interface[0] ? network_remove_interface(op, interface) : VBC_OK;
	if (!code && name[0])
		code = vbc_network_find(op, choice.kind, name, &network);
	return code || vbc_ref_is_null(network) ? code
						: network_remove_of_kind(op, choice.kind, network);
}

struct target {
	const char *name;
	enum vbc_network_kind kind;
	vbc_ref ref;
};

static int network_find_target(struct vbc_op *op, struct target *t)
{
	static const enum vbc_network_kind kinds[] = {VBC_NETWORK_KIND_NATNETWORK,
						      VBC_NETWORK_KIND_HOSTONLY,
						      VBC_NETWORK_KIND_HOSTONLYNET};
	int code = VBC_OK;

	for (size_t i = 0; !code && i < VBC_COUNT(kinds); i++) {
		t->kind = kinds[i];
		code = vbc_network_find(op, t->kind, t->name, &t->ref);
		if (!code && !vbc_ref_is_null(t->ref))
			return VBC_OK;
	}
	return code ? code
		    : vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_LIST_NETWORKS,
				    "there is no network '%s' that could be deleted; interfaces of "
				    "the host and internal networks cannot be",
				    t->name);
}

static int network_check_unused(struct vbc_op *op, const struct vbc_strs *keys,
				const struct target *t)
{
	struct vbc_adapters adapters = {0};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code =
		vbc_node_query(op, keys, (vbc_ref){NULL}, VBC_NODE_FIELD_NAME, &nodes, &refs, &n);

	if (!code)
		n = vbc_node_keep_readable(nodes, refs, n);
	if (!code)
		code = vbc_adapters_get(op, refs, n, VBC_ADAPTER_NETWORK, &adapters);
	for (size_t i = 0; !code && i < adapters.n; i++)
		if (vbc_network_kind_from(adapters.v[i].type) == t->kind &&
		    streq(adapters.v[i].network, t->name))
			code = vbc_fail(&op->error, VBC_E_BUSY,
					"node '%s' uses it; detach that node first",
					nodes[adapters.v[i].machine].name);
	return code;
}

static int network_delete_body(struct vbc_op *op, void *arg)
{
	struct target *t = arg;
	struct vbc_strs keys = {0};
	int code = vbc_host_keys(op, &keys);

	op->progress.what = "deleting the network";
	if (!code)
		code = network_find_target(op, t);
	if (!code)
		code = network_check_unused(op, &keys, t);
	if (!code)
		code = network_remove_of_kind(op, t->kind, t->ref);
	return vbc_error_prefix(&op->error, code, "cannot delete network '%s'", t->name);
}

int vbc_network_delete(struct vbc_host *host, const char *name, const struct vbc_wait *wait,
		       struct vbc_error *err)
{
	if (vbc_lacks(err, host, name))
		return VBC_E_ARG;

	struct target t = {.name = name ? name : ""};

	return vbc_run_recovered(host, wait, err, network_delete_body, &t);
}
