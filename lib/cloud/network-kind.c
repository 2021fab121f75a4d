/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of networks: ours, by name, and VirtualBox's.
 */
#include "network-private.h"
#include "str.h"

static const struct {
	enum vbc_network_kind kind;
	enum vbc_NetworkAttachmentType type;
	const char *name;
} kinds[] = {
	{VBC_NETWORK_NONE, VBC_NetworkAttachmentType_Null, "none"},
	{VBC_NETWORK_NAT, VBC_NetworkAttachmentType_NAT, "nat"},
	{VBC_NETWORK_NATNETWORK, VBC_NetworkAttachmentType_NATNetwork, "natnetwork"},
	{VBC_NETWORK_BRIDGED, VBC_NetworkAttachmentType_Bridged, "bridged"},
	{VBC_NETWORK_INTERNAL, VBC_NetworkAttachmentType_Internal, "internal"},
	{VBC_NETWORK_HOSTONLY, VBC_NetworkAttachmentType_HostOnly, "hostonly"},
	{VBC_NETWORK_HOSTONLYNET, VBC_NetworkAttachmentType_HostOnlyNetwork, "hostonlynet"},
	{VBC_NETWORK_GENERIC, VBC_NetworkAttachmentType_Generic, "generic"},
};

const char *vbc_network_kind_name(enum vbc_network_kind kind)
{
	for (size_t i = 0; i < VBC_COUNT(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "unknown";
}

enum vbc_network_kind vbc_network_kind_from(enum vbc_NetworkAttachmentType type)
{
	for (size_t i = 0; i < VBC_COUNT(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return VBC_NETWORK_UNKNOWN;
}
