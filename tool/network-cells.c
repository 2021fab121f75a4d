/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What nodes show of their networks, as cells.
 */
#include "network-cells.h"

#include <stdlib.h>

#include "util.h"

static const struct column address_columns[] = {
	{"address", "ADDRESS"}, {"host", NULL},    {"port", NULL}, {"guest_port", NULL},
	{"source", NULL},       {"adapter", NULL}, {NULL, NULL},
};

static const struct column forward_columns[] = {
	{"name", "NAME"},           {"protocol", NULL}, {"host_ip", NULL},
	{"host_port", "HOST PORT"}, {"guest_ip", NULL}, {"guest_port", "GUEST PORT"},
	{"adapter", NULL},          {NULL, NULL},
};

static const struct column adapter_columns[] = {
	{"slot", NULL}, {"kind", "KIND"}, {"network", "NETWORK"}, {"mac", "MAC"}, {NULL, NULL},
};

/* "127.0.0.1:2222", "[::1]:2222", "192.168.56.101" */
static char *address_format(const struct vbc_address *a)
{
	bool is_ipv6 = strchr(a->host, ':') != NULL;

	return !a->port ? format("%s", a->host)
			: format(is_ipv6 ? "[%s]:%u" : "%s:%u", a->host, a->port);
}

static void node_add_address(struct out *out, const struct vbc_address *a)
{
	char *text FREE = address_format(a);

	out_text(out, text);
	out_text(out, a->host);
	out_number_or_null(out, a->port);
	out_number_or_null(out, a->guest_port);
	out_text(out, vbc_address_source_name(a->source));
	out_number(out, a->adapter);
}

static void node_add_forward(struct out *out, const struct vbc_forward *f)
{
	out_text(out, f->name);
	out_text(out, f->protocol);
	out_text_or_null(out, f->host_ip);
	out_number(out, f->host_port);
	out_text_or_null(out, f->guest_ip);
	out_number(out, f->guest_port);
	out_number(out, f->adapter);
}

static void node_add_adapter(struct out *out, const struct vbc_network_adapter *a)
{
	out_number(out, a->slot);
	out_text(out, vbc_network_kind_name(a->kind));
	out_text_or_null(out, a->network);
	out_text_or_null(out, a->mac);
}

/* Where its SSH port is, or else where it is at all. */
static const struct vbc_address *node_find_ssh_address(const struct vbc_node *node)
{
	const struct vbc_address *found = NULL;

	for (size_t i = 0; i < node->addresses.n; i++) {
		const struct vbc_address *a = node->addresses.v[i];

		if (a->guest_port == 22)
			return a;
		if (!a->port && !found)
			found = a;
	}
	return found;
}

static void node_add_brief_address(struct out *out, const struct vbc_node *node)
{
	const struct vbc_address *a = node_find_ssh_address(node);
	char *text FREE = a ? address_format(a) : format("-");

	out_brief(out, text);
}

void add_network(struct out *out, const struct vbc_node *node)
{
	struct out *inner;

	out_texts(out, node->public_ips.v, node->public_ips.n);
	out_texts(out, node->private_ips.v, node->private_ips.n);
	inner = out_inner(out, address_columns);
	for (size_t i = 0; i < node->addresses.n; i++)
		node_add_address(inner, node->addresses.v[i]);
	node_add_brief_address(out, node);
	inner = out_inner(out, forward_columns);
	for (size_t i = 0; i < node->forwards.n; i++)
		node_add_forward(inner, node->forwards.v[i]);
	inner = out_inner(out, adapter_columns);
	for (size_t i = 0; i < node->adapters.n; i++)
		node_add_adapter(inner, node->adapters.v[i]);
}
