/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The networks of a host, listed. Of internal networks VirtualBox has only the names that nodes
 * use.
 */
#include "network/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/result.h"
#include "journal/run.h"
#include "machine/cidr.h"
#include "network/choice.h"

/* What is asked of one; strings in the operation's arena. */
struct row {
	enum vbc_network_kind kind;
	vbc_ref ref;
	const char *name, *address, *mask;
	bool dhcp, up;
	enum vbc_HostNetworkInterfaceStatus status;
};

struct rows {
	struct vbc_op *op;
	struct row *v;
	size_t n;
	struct vbc_batch_call *calls;
	size_t n_calls;
};

static void network_add_call(struct rows *r, enum vbc_method_id method, vbc_ref self, void *out)
{
	r->calls[r->n_calls++] =
		(struct vbc_batch_call){.method = method, .self = self, .out = out};
}

static int network_grow_rows(struct rows *r, size_t n)
{
	struct row *v = VBC_ARENA_ARRAY(&r->op->arena, struct row, r->n + n);

	if (!v)
		return vbc_fail_nomem(&r->op->error);
	if (r->n)
		memcpy(v, r->v, r->n * sizeof(*v));
	r->v = v;
	return VBC_OK;
}

static int network_add_refs(struct rows *r, enum vbc_network_kind kind, const struct vbc_refs *refs)
{
	int code = network_grow_rows(r, refs->n);

	for (size_t i = 0; !code && i < refs->n; i++)
		r->v[r->n++] = (struct row){
			.kind = kind, .ref = refs->v[i], .name = "", .address = "", .mask = ""};
	return code;
}

static int network_add_interfaces(struct rows *r, enum vbc_network_kind kind,
				  enum vbc_HostNetworkInterfaceType type)
{
	struct vbc_refs refs = {0};
	vbc_ref host = {NULL};
	int code = vbc_op_ihost(r->op, &host);

	if (!code)
		code = vbc_IHost_findHostNetworkInterfacesOfType(r->op, host, type, &refs);
	return code ? code : network_add_refs(r, kind, &refs);
}

static int network_add_internal(struct rows *r)
{
	struct vbc_strs names = {0};
	int code = vbc_IVirtualBox_getInternalNetworks(r->op, r->op->vbox, &names);

	if (!code)
		code = network_grow_rows(r, names.n);
	for (size_t i = 0; !code && i < names.n; i++)
		r->v[r->n++] = (struct row){.kind = VBC_NETWORK_KIND_INTERNAL,
					    .name = names.v[i],
					    .address = "",
					    .mask = "",
					    .up = true};
	return code;
}

static int network_add_all(struct rows *r)
{
	struct vbc_op *op = r->op;
	struct vbc_refs refs = {0};
	int code = vbc_IVirtualBox_getNATNetworks(op, op->vbox, &refs);

	if (!code)
		code = network_add_refs(r, VBC_NETWORK_KIND_NATNETWORK, &refs);
	if (!code)
		code = network_add_interfaces(r, VBC_NETWORK_KIND_BRIDGED,
					      VBC_HostNetworkInterfaceType_Bridged);
	if (!code)
		code = network_add_internal(r);
	if (!code)
		code = network_add_interfaces(r, VBC_NETWORK_KIND_HOSTONLY,
					      VBC_HostNetworkInterfaceType_HostOnly);
	if (!code)
		code = vbc_network_hostonlynets(op, &refs);
	return code ? code : network_add_refs(r, VBC_NETWORK_KIND_HOSTONLYNET, &refs);
}

static void network_ask_one(struct rows *r, struct row *row)
{
	switch (row->kind) {
	case VBC_NETWORK_KIND_NATNETWORK:
		network_add_call(r, VBC_M_INATNetwork_getNetworkName, row->ref, &row->name);
		network_add_call(r, VBC_M_INATNetwork_getNetwork, row->ref, &row->address);
		network_add_call(r, VBC_M_INATNetwork_getNeedDhcpServer, row->ref, &row->dhcp);
		network_add_call(r, VBC_M_INATNetwork_getEnabled, row->ref, &row->up);
		break;
	case VBC_NETWORK_KIND_HOSTONLYNET:
		network_add_call(r, VBC_M_IHostOnlyNetwork_getNetworkName, row->ref, &row->name);
		network_add_call(r, VBC_M_IHostOnlyNetwork_getLowerIP, row->ref, &row->address);
		network_add_call(r, VBC_M_IHostOnlyNetwork_getNetworkMask, row->ref, &row->mask);
		network_add_call(r, VBC_M_IHostOnlyNetwork_getEnabled, row->ref, &row->up);
		row->dhcp = true;
		break;
	case VBC_NETWORK_KIND_BRIDGED:
	case VBC_NETWORK_KIND_HOSTONLY:
		network_add_call(r, VBC_M_IHostNetworkInterface_getName, row->ref, &row->name);
		network_add_call(r, VBC_M_IHostNetworkInterface_getIPAddress, row->ref,
				 &row->address);
		network_add_call(r, VBC_M_IHostNetworkInterface_getNetworkMask, row->ref,
				 &row->mask);
		network_add_call(r, VBC_M_IHostNetworkInterface_getStatus, row->ref, &row->status);
		break;
	default: break;
	}
}

static int network_ask_all(struct rows *r)
{
	r->calls = VBC_ARENA_ARRAY(&r->op->arena, struct vbc_batch_call, r->n * 4);
	if (!r->calls)
		return vbc_fail_nomem(&r->op->error);
	for (size_t i = 0; i < r->n; i++)
		network_ask_one(r, &r->v[i]);
	return vbc_batch(r->op, r->calls, r->n_calls);
}

static bool row_is_interface(const struct row *row)
{
	return row->kind == VBC_NETWORK_KIND_BRIDGED || row->kind == VBC_NETWORK_KIND_HOSTONLY;
}

/* One that was removed meanwhile has no name. */
static bool network_copy_row(struct vbc_arena *a, const struct row *row, struct vbc_network *ret)
{
	*ret = (struct vbc_network){.kind = row->kind, .dhcp = row->dhcp, .up = row->up};
	if (row_is_interface(row))
		ret->up = row->status == VBC_HostNetworkInterfaceStatus_Up;
	ret->name = vbc_arena_strdup(a, row->name);
	ret->cidr = row->mask[0] ? vbc_cidr_join(a, row->address, row->mask)
				 : vbc_arena_strdup(a, row->address);
	return ret->name && ret->cidr;
}

static int network_compare_kind(const void *x, const void *y)
{
	const struct vbc_network *a = *(const struct vbc_network *const *)x;
	const struct vbc_network *b = *(const struct vbc_network *const *)y;
	int order = (int)a->kind - (int)b->kind;

	return order ? order : strcmp(a->name, b->name);
}

static int network_make_list(struct vbc_op *op, const struct rows *r, struct vbc_networks *list)
{
	struct vbc_arena *a = vbc_result_arena(list);
	const struct vbc_network **v = VBC_ARENA_ARRAY(a, const struct vbc_network *, r->n);

	for (size_t i = 0; v && i < r->n; i++) {
		struct vbc_network *network = VBC_ARENA_NEW(a, struct vbc_network);

		if (!network || !network_copy_row(a, &r->v[i], network))
			return vbc_fail_nomem(&op->error);
		if (network->name[0])
			v[list->n++] = network;
	}
	if (!v)
		return vbc_fail_nomem(&op->error);
	qsort(v, list->n, sizeof(const struct vbc_network *), network_compare_kind);
	list->v = v;
	return VBC_OK;
}

static int network_list_body(struct vbc_op *op, void *arg)
{
	struct vbc_networks **ret = arg;
	struct rows r = {.op = op};
	int code = network_add_all(&r);

	if (!code)
		code = network_ask_all(&r);
	if (code)
		return code;
	*ret = vbc_result_new(&op->results, sizeof(**ret));
	return *ret ? network_make_list(op, &r, *ret) : vbc_fail_nomem(&op->error);
}

int vbc_network_list(struct vbc_host *host, struct vbc_networks **ret_networks,
		     struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_networks))
		return VBC_E_ARG;

	struct vbc_networks *networks = NULL;
	int code = vbc_run_recovered(host, &vbc_op_brief, err, network_list_body, &networks);

	if (!code)
		*ret_networks = networks;
	return code;
}

void vbc_networks_free(struct vbc_networks *networks)
{
	vbc_result_free(networks);
}

void vbc_network_free(struct vbc_network *network)
{
	vbc_result_free(network);
}

int vbc_network_show(struct vbc_op *op, enum vbc_network_kind kind, vbc_ref ref,
		     struct vbc_network **ret)
{
	const struct vbc_refs refs = {.n = 1, .v = &ref};
	struct vbc_network *network = NULL;
	struct rows r = {.op = op};
	int code = network_add_refs(&r, kind, &refs);

	if (!code)
		code = network_ask_all(&r);
	if (code)
		return code;
	network = vbc_result_new(&op->results, sizeof(*network));
	if (!network || !network_copy_row(vbc_result_arena(network), r.v, network))
		return vbc_fail_nomem(&op->error);
	*ret = network;
	return VBC_OK;
}
