/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The networks that adapters are to be attached to. VirtualBox takes any name, and fails only when
 * the node starts; so what is named must be there before.
 */
#include "network/choice.h"

#include "base/name.h"
#include "base/str.h"
#include "vbox/aside.h"

#define INTERNAL_DEFAULT "intnet"

static int choice_fail_none(struct vbc_op *op, enum vbc_network_kind kind)
{
	return vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_CREATE_NETWORK,
			     "the host has no network of the kind '%s'",
			     vbc_network_kind_name(kind));
}

static int choice_fail_unknown(struct vbc_op *op, enum vbc_network_kind kind, const char *name)
{
	return vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_LIST_NETWORKS,
			     "the host has no network '%s:%s'", vbc_network_kind_name(kind), name);
}

/* Takes that of the names which is wanted, or the first. */
static int choice_pick_name(struct vbc_op *op, const struct vbc_network_choice *choice,
			    const struct vbc_strs *names, const char **ret)
{
	for (size_t i = 0; i < names->n; i++) {
		if (choice->name && !streq(choice->name, names->v[i]))
			continue;
		*ret = names->v[i];
		return VBC_OK;
	}
	return choice->name ? choice_fail_unknown(op, choice->kind, choice->name)
			    : choice_fail_none(op, choice->kind);
}

/* The names of all objects, by their getter. */
static int choice_get_names(struct vbc_op *op, const struct vbc_refs *refs,
			    enum vbc_method_id getter, struct vbc_strs *ret)
{
	const char **names = VBC_ARENA_ARRAY(&op->arena, const char *, refs->n);
	int code;

	for (size_t i = 0; names && i < refs->n; i++)
		names[i] = "";
	code = vbc_batch_each(op, getter, refs->v, refs->n, names, sizeof(*names), NULL);
	*ret = (struct vbc_strs){.n = refs->n, .v = names};
	return code;
}

/* The host's interfaces of a type; where any may be taken, only those that are up. */
static int choice_get_interfaces(struct vbc_op *op, enum vbc_HostNetworkInterfaceType type,
				 bool only_up, struct vbc_strs *ret)
{
	struct vbc_refs refs = {0};
	vbc_ref host = {NULL}, *up;
	size_t n = 0;
	int code = vbc_op_ihost(op, &host);

	if (!code)
		code = vbc_IHost_findHostNetworkInterfacesOfType(op, host, type, &refs);
	up = VBC_ARENA_ARRAY(&op->arena, vbc_ref, refs.n);
	if (!code && !up)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < refs.n; i++) {
		enum vbc_HostNetworkInterfaceStatus status = VBC_HostNetworkInterfaceStatus_Up;

		if (only_up)
			code = vbc_IHostNetworkInterface_getStatus(op, refs.v[i], &status);
		if (status == VBC_HostNetworkInterfaceStatus_Up)
			up[n++] = refs.v[i];
	}
	refs = (struct vbc_refs){.n = n, .v = up};
	return code ? code : choice_get_names(op, &refs, VBC_M_IHostNetworkInterface_getName, ret);
}

int vbc_network_hostonlynets(struct vbc_op *op, struct vbc_refs *ret)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code;

	*ret = (struct vbc_refs){0};
	if (!vbc_op_has(op, VBC_M_IVirtualBox_getHostOnlyNetworks))
		return VBC_OK;
	code = vbc_IVirtualBox_getHostOnlyNetworks(op, op->vbox, ret);
	return vbc_aside_forgive(&aside, code, VBC_CODE(VBC_E_VERSION));
}

static int choice_get_networks(struct vbc_op *op, const struct vbc_network_choice *choice,
			       struct vbc_strs *ret)
{
	struct vbc_refs refs = {0};
	int code;

	switch ((int)choice->kind) {
	case VBC_NETWORK_KIND_BRIDGED:
		return choice_get_interfaces(op, VBC_HostNetworkInterfaceType_Bridged,
					     !choice->name, ret);
	case VBC_NETWORK_KIND_HOSTONLY:
		return choice_get_interfaces(op, VBC_HostNetworkInterfaceType_HostOnly, false, ret);
	case VBC_NETWORK_KIND_NATNETWORK:
		code = vbc_IVirtualBox_getNATNetworks(op, op->vbox, &refs);
		return code ? code
			    : choice_get_names(op, &refs, VBC_M_INATNetwork_getNetworkName, ret);
	default:
		code = vbc_network_hostonlynets(op, &refs);
		return code ? code
			    : choice_get_names(op, &refs, VBC_M_IHostOnlyNetwork_getNetworkName,
					       ret);
	}
}

static int choice_resolve_name(struct vbc_op *op, const struct vbc_network_choice *choice,
			       const char **ret)
{
	struct vbc_strs names = {0};
	int code;

	switch (choice->kind) {
	case VBC_NETWORK_KIND_NONE:
	case VBC_NETWORK_KIND_NAT:
		if (choice->name)
			return vbc_fail(&op->error, VBC_E_ARG,
					"a network of the kind '%s' has no name",
					vbc_network_kind_name(choice->kind));
		*ret = "";
		return VBC_OK;
	case VBC_NETWORK_KIND_INTERNAL:
		*ret = choice->name ? choice->name : INTERNAL_DEFAULT;
		return vbc_name_check("network", *ret, &op->error);
	case VBC_NETWORK_KIND_NATNETWORK:
	case VBC_NETWORK_KIND_BRIDGED:
	case VBC_NETWORK_KIND_HOSTONLY:
	case VBC_NETWORK_KIND_HOSTONLYNET:
		code = choice_get_networks(op, choice, &names);
		return code ? code : choice_pick_name(op, choice, &names, ret);
	default:
		return vbc_fail(&op->error, VBC_E_ARG, "a node cannot be attached to the kind '%s'",
				vbc_network_kind_name(choice->kind));
	}
}

int vbc_network_resolve(struct vbc_op *op, const struct vbc_network_choice *choices, size_t n,
			const char ***ret_names)
{
	const char **names = VBC_ARENA_ARRAY(&op->arena, const char *, n);
	int code = names ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++)
		if (choices[i].kind != VBC_NETWORK_OFF)
			code = choice_resolve_name(op, &choices[i], &names[i]);
	*ret_names = names;
	return code;
}
