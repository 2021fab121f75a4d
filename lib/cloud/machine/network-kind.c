/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of networks: ours, by name, and VirtualBox's.
 */
#include "machine/network-kind.h"

#include <string.h>

#include "base/given.h"

static const struct {
	enum vbc_network_kind kind;
	enum vbc_NetworkAttachmentType type;
	const char *name;
} kinds[] = {
	{VBC_NETWORK_KIND_NONE, VBC_NetworkAttachmentType_Null, "none"},
	{VBC_NETWORK_KIND_NAT, VBC_NetworkAttachmentType_NAT, "nat"},
	{VBC_NETWORK_KIND_NATNETWORK, VBC_NetworkAttachmentType_NATNetwork, "natnetwork"},
	{VBC_NETWORK_KIND_BRIDGED, VBC_NetworkAttachmentType_Bridged, "bridged"},
	{VBC_NETWORK_KIND_INTERNAL, VBC_NetworkAttachmentType_Internal, "internal"},
	{VBC_NETWORK_KIND_HOSTONLY, VBC_NetworkAttachmentType_HostOnly, "hostonly"},
	{VBC_NETWORK_KIND_HOSTONLYNET, VBC_NetworkAttachmentType_HostOnlyNetwork, "hostonlynet"},
	{VBC_NETWORK_KIND_GENERIC, VBC_NetworkAttachmentType_Generic, "generic"},
};

const char *vbc_network_kind_name(enum vbc_network_kind kind)
{
	for (size_t i = 0; i < VBC_COUNT(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "unknown";
}

int vbc_network_parse(const char *text, struct vbc_network_choice *ret_choice,
		      struct vbc_error *err)
{
	if (vbc_lacks(err, text, ret_choice))
		return VBC_E_ARG;

	size_t n = strcspn(text, ":");

	for (size_t i = 0; i < VBC_COUNT(kinds); i++) {
		if (strlen(kinds[i].name) != n || memcmp(kinds[i].name, text, n) != 0)
			continue;
		*ret_choice = (struct vbc_network_choice){
			.kind = kinds[i].kind,
			.name = text[n] && text[n + 1] ? text + n + 1 : NULL};
		return VBC_OK;
	}
	return vbc_fail(err, VBC_E_ARG,
			"'%s' is not a network: write KIND or KIND:NAME, with nat, natnetwork, "
			"bridged, internal, hostonly or hostonlynet as KIND",
			text);
}

enum vbc_NetworkAttachmentType vbc_network_kind_to(enum vbc_network_kind kind)
{
	for (size_t i = 0; i < VBC_COUNT(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].type;
	return VBC_NetworkAttachmentType_Null;
}

enum vbc_network_kind vbc_network_kind_from(enum vbc_NetworkAttachmentType type)
{
	for (size_t i = 0; i < VBC_COUNT(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return VBC_NETWORK_KIND_UNKNOWN;
}
