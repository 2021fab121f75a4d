/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What nodes show of their networks: adapters, forwards, addresses.
 */
#include "machine/network.h"

#include <vboxcloud/node.h>

#include "machine/adapter.h"
#include "machine/address.h"
#include "machine/nat-rule.h"
#include "machine/network-kind.h"
#include "machine/told.h"

static const char *network_copy_text(struct vbc_arena *a, const char *text)
{
	return vbc_arena_strdup(a, text);
}

static int node_show_adapters(struct vbc_op *op, const struct vbc_adapter *from, size_t n,
			      struct vbc_node *node)
{
	struct vbc_network_adapter *all =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_network_adapter, n);
	const struct vbc_network_adapter **v =
		VBC_ARENA_ARRAY(&op->arena, const struct vbc_network_adapter *, n);

	if (!all || !v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		v[i] = &all[i];
		all[i] = (struct vbc_network_adapter){.slot = from[i].slot,
						      .kind = vbc_network_kind_from(from[i].type),
						      .network = from[i].network,
						      .mac = vbc_mac_text(op, from[i].mac)};
		if (!all[i].mac)
			return vbc_fail_nomem(&op->error);
	}
	node->adapters = (struct vbc_network_adapters){.n = n, .v = v};
	return VBC_OK;
}

static int node_show_forwards(struct vbc_op *op, const struct vbc_adapter *from, size_t n,
			      struct vbc_node *node)
{
	const struct vbc_forward **v;
	struct vbc_redirect r;
	size_t room = 0;

	for (size_t i = 0; i < n; i++)
		room += from[i].redirects.n;
	v = VBC_ARENA_ARRAY(&op->arena, const struct vbc_forward *, room);
	for (size_t i = 0; v && i < n; i++) {
		for (size_t j = 0; j < from[i].redirects.n; j++) {
			struct vbc_forward *f = VBC_ARENA_NEW(&op->arena, struct vbc_forward);

			if (!vbc_redirect_parse(op, from[i].redirects.v[j], &r))
				continue;
			if (!f || !vbc_forward_fill(&op->arena, node->id, from[i].slot, &r, f))
				return vbc_fail_nomem(&op->error);
			v[node->forwards.n++] = f;
		}
	}
	node->forwards.v = v;
	return v ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int node_show_network(struct vbc_op *op, vbc_ref machine, const struct vbc_adapter *from,
			     size_t n, struct vbc_node *node)
{
	int code = node_show_adapters(op, from, n, node);

	if (!code)
		code = node_show_forwards(op, from, n, node);
	return code ? code : vbc_addresses_find(op, machine, from, n, node);
}

int vbc_node_network(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs,
		     const struct vbc_told *told, size_t n)
{
	vbc_ref *readable = VBC_ARENA_ARRAY(&op->arena, vbc_ref, n);
	struct vbc_told *told_of = VBC_ARENA_ARRAY(&op->arena, struct vbc_told, n);
	size_t *places = VBC_ARENA_ARRAY(&op->arena, size_t, n);
	struct vbc_adapters all = {0};
	size_t m = 0, begin = 0;
	int code;

	if (!readable || !told_of || !places)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i].state == VBC_NODE_STATE_ERROR)
			continue;
		places[m] = i;
		told_of[m] = told[i];
		readable[m++] = refs[i];
	}
	code = vbc_adapters_get_told(op, readable, told_of, m,
				     VBC_ADAPTER_FORWARDS | VBC_ADAPTER_NETWORK | VBC_ADAPTER_MAC,
				     &all);
	for (size_t i = 0; !code && i < m; i++) {
		size_t end = begin;

		while (end < all.n && all.v[end].machine == i)
			end++;
		code = node_show_network(op, readable[i], all.v + begin, end - begin,
					 &nodes[places[i]]);
		begin = end;
	}
	return code;
}

size_t vbc_node_keep_readable(struct vbc_node *nodes, vbc_ref *refs, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (nodes[i].state == VBC_NODE_STATE_ERROR)
			continue;
		nodes[kept] = nodes[i];
		refs[kept++] = refs[i];
	}
	return kept;
}

static bool node_copy_adapters(struct vbc_arena *a, struct vbc_network_adapters *list)
{
	const struct vbc_network_adapter **v =
		VBC_ARENA_ARRAY(a, const struct vbc_network_adapter *, list->n);

	for (size_t i = 0; v && i < list->n; i++) {
		struct vbc_network_adapter *c = VBC_ARENA_NEW(a, struct vbc_network_adapter);

		if (!c)
			return false;
		*c = *list->v[i];
		c->network = network_copy_text(a, c->network);
		c->mac = network_copy_text(a, c->mac);
		if (!c->network || !c->mac)
			return false;
		v[i] = c;
	}
	list->v = v;
	return v;
}

static bool node_copy_forwards(struct vbc_arena *a, struct vbc_forwards *list)
{
	const struct vbc_forward **v = VBC_ARENA_ARRAY(a, const struct vbc_forward *, list->n);

	for (size_t i = 0; v && i < list->n; i++) {
		struct vbc_forward *c = VBC_ARENA_NEW(a, struct vbc_forward);

		if (!c)
			return false;
		*c = *list->v[i];
		c->node = network_copy_text(a, c->node);
		c->name = network_copy_text(a, c->name);
		c->host_ip = network_copy_text(a, c->host_ip);
		c->guest_ip = network_copy_text(a, c->guest_ip);
		if (!c->node || !c->name || !c->host_ip || !c->guest_ip)
			return false;
		v[i] = c;
	}
	list->v = v;
	return v;
}

static bool node_copy_addresses(struct vbc_arena *a, struct vbc_addresses *list)
{
	const struct vbc_address **v = VBC_ARENA_ARRAY(a, const struct vbc_address *, list->n);

	for (size_t i = 0; v && i < list->n; i++) {
		struct vbc_address *c = VBC_ARENA_NEW(a, struct vbc_address);

		if (!c)
			return false;
		*c = *list->v[i];
		c->host = network_copy_text(a, c->host);
		if (!c->host)
			return false;
		v[i] = c;
	}
	list->v = v;
	return v;
}

static bool node_copy_texts(struct vbc_arena *a, struct vbc_texts *list)
{
	const char **v = VBC_ARENA_ARRAY(a, const char *, list->n);

	for (size_t i = 0; v && i < list->n; i++) {
		v[i] = network_copy_text(a, list->v[i]);
		if (!v[i])
			return false;
	}
	list->v = v;
	return v;
}

bool vbc_node_copy_network(struct vbc_arena *a, struct vbc_node *node)
{
	return node_copy_adapters(a, &node->adapters) && node_copy_forwards(a, &node->forwards) &&
	       node_copy_addresses(a, &node->addresses) && node_copy_texts(a, &node->public_ips) &&
	       node_copy_texts(a, &node->private_ips);
}

/* The address of hardware as VirtualBox has it: without colons, in capitals. */
static bool mac_write_plain(struct vbc_arena *a, const char *mac, const char **ret)
{
	char *plain = vbc_arena_strdup(a, mac), *to = plain;

	for (const char *from = plain; from && *from; from++)
		if (*from != ':')
			*to++ = (char)(*from >= 'a' && *from <= 'f' ? *from - 'a' + 'A' : *from);
	if (plain)
		*to = '\0';
	*ret = plain;
	return plain;
}

int vbc_node_addresses_again(struct vbc_op *op, vbc_ref machine, struct vbc_node *node)
{
	size_t n = node->adapters.n, shared = 0;
	struct vbc_adapter *adapters = VBC_ARENA_ARRAY(&op->arena, struct vbc_adapter, n);

	if (!adapters)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		const struct vbc_network_adapter *from = node->adapters.v[i];

		adapters[i] = (struct vbc_adapter){.slot = from->slot,
						   .type = vbc_network_kind_to(from->kind),
						   .network = from->network};
		shared += from->kind != VBC_NETWORK_KIND_NAT && from->kind != VBC_NETWORK_KIND_NONE;
		if (!mac_write_plain(&op->arena, from->mac, &adapters[i].mac))
			return vbc_fail_nomem(&op->error);
	}
	if (!shared)
		return VBC_OK;
	node->public_ips.n = node->private_ips.n = 0;
	return vbc_addresses_find(op, machine, adapters, n, node);
}
