/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The addresses of a node. The guest's own are told by VirtualBox's guest additions, in properties
 * that stay when they are no longer true, so only those written since the last boot count; or they
 * are leases of VirtualBox's DHCP servers. What the guest calls its address in a NAT, 10.0.2.15 in
 * each of them, is none. There the addresses are those ports of the host that are forwarded.
 */
#include "machine/address.h"

#include <vboxcloud/node.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/str.h"
#include "machine/adapter.h"
#include "machine/cidr.h"
#include "vbox/aside.h"
#include "vbox/host-clock.h"

#define GUEST_NET   "/VirtualBox/GuestInfo/Net/"
#define HOST_INFO   "/VirtualBox/HostInfo/"
#define PATTERNS    GUEST_NET "*|" HOST_INFO "*"
#define LOOKED_AT   1000 /* addresses in a guest's properties: each is searched for there */
#define NS_OF_MS    1000000
#define LEASE_ACKED "acked"
/* VirtualBox's name for the network of a host-only interface. */
#define HOSTONLY_SERVER "HostInterfaceNetworking-%s"

static const char *const sources[] = {
	[VBC_ADDRESS_SOURCE_GUEST] = "guest",
	[VBC_ADDRESS_SOURCE_LEASE] = "lease",
	[VBC_ADDRESS_SOURCE_FORWARD] = "forward",
};

const char *vbc_address_source_name(enum vbc_address_source source)
{
	size_t i = (size_t)source;

	return i && i < VBC_COUNT(sources) ? sources[i] : "unknown";
}

struct search {
	struct vbc_op *op;
	vbc_ref machine;
	const struct vbc_adapter *adapters;
	size_t n_adapters;
	struct vbc_address *found;
	size_t n, room;
};

static struct vbc_address *address_add_next(struct search *s)
{
	return s->n < s->room ? &s->found[s->n++] : NULL;
}

/* Each guest's own in its NAT. */
#define NAT_ADDRESS "10.0.2.15"

/* Not on the internet. */
static const char *const private_ranges[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
					     "100.64.0.0/10"};
/* None, loopback, what a guest gives itself without a server, multicast. */
static const char *const useless_ranges[] = {"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16",
					     "224.0.0.0/3"};

static bool address_is_in_ranges(uint32_t ip, const char *const *ranges, size_t n)
{
	struct vbc_cidr range;

	for (size_t i = 0; i < n; i++)
		if (vbc_cidr_parse(ranges[i], &range) && (ip & range.mask) == range.network)
			return true;
	return false;
}

/* Whether text is an address that others can use; *ret_private: not on the internet. */
static bool address_is_usable(const char *text, bool *ret_private)
{
	struct in_addr address;
	uint32_t ip;

	if (inet_pton(AF_INET, text, &address) != 1)
		return false;
	ip = ntohl(address.s_addr);
	*ret_private = address_is_in_ranges(ip, private_ranges, VBC_COUNT(private_ranges));
	return !address_is_in_ranges(ip, useless_ranges, VBC_COUNT(useless_ranges)) &&
	       !streq(text, NAT_ADDRESS);
}

static void address_add_own(struct search *s, unsigned slot, const char *ip,
			    enum vbc_address_source source)
{
	struct vbc_address *a;
	bool private;

	if (!address_is_usable(ip, &private))
		return;
	a = address_add_next(s);
	if (a)
		*a = (struct vbc_address){.host = ip, .adapter = slot, .source = source};
}

static bool adapter_is_nat(const struct vbc_adapter *a)
{
	return a->type == VBC_NetworkAttachmentType_NAT ||
	       a->type == VBC_NetworkAttachmentType_Null;
}

/* The guest's properties. */
struct properties {
	struct vbc_strs names, values, flags;
	struct vbc_i64s times;
};

static const char *property_find_value(const struct properties *p, const char *name)
{
	for (size_t i = 0; i < p->names.n && i < p->values.n; i++)
		if (streq(p->names.v[i], name))
			return p->values.v[i];
	return "";
}

/* When the guest last booted, on the host's clock, which writes its own properties then. */
static int address_find_boot(struct search *s, const struct properties *p, int64_t *ret_ns)
{
	int64_t boot_ns = 0, changed_ms = 0;
	int code = VBC_OK;

	for (size_t i = 0; i < p->names.n && i < p->times.n; i++)
		if (vbc_starts_with(p->names.v[i], HOST_INFO) && p->times.v[i] > boot_ns)
			boot_ns = p->times.v[i];
	if (!boot_ns) {
		code = vbc_IMachine_getLastStateChange(s->op, s->machine, &changed_ms);
		/* Of a clock that shows something else no time is after the boot. */
		if (changed_ms < 0 || __builtin_mul_overflow(changed_ms, NS_OF_MS, &boot_ns))
			boot_ns = INT64_MAX;
	}
	*ret_ns = boot_ns;
	return code;
}

/* The adapter of the guest's interface of that number: guests have others too, for containers. */
static const struct vbc_adapter *address_find_adapter(const struct search *s,
						      const struct properties *p, unsigned number)
{
	char name[sizeof(GUEST_NET) + 20];
	const char *mac;

	snprintf(name, sizeof(name), GUEST_NET "%u/MAC", number);
	mac = property_find_value(p, name);
	for (size_t i = 0; i < s->n_adapters; i++)
		if (mac[0] && streq(s->adapters[i].mac, mac))
			return &s->adapters[i];
	return NULL;
}

static void address_take_properties(struct search *s, const struct properties *p, int64_t boot_ns)
{
	size_t looked_at = 0;

	for (size_t i = 0; i < p->names.n && i < p->values.n && i < p->times.n; i++) {
		const struct vbc_adapter *a;
		unsigned number;
		int end = 0;

		if (sscanf(p->names.v[i], GUEST_NET "%u/V4/IP%n", &number, &end) != 1 || !end ||
		    p->names.v[i][end] || p->times.v[i] < boot_ns)
			continue;
		if (looked_at++ == LOOKED_AT)
			break;
		a = address_find_adapter(s, p, number);
		if (a && !adapter_is_nat(a))
			address_add_own(s, a->slot, p->values.v[i], VBC_ADDRESS_SOURCE_GUEST);
	}
}

static int address_ask_guest(struct search *s)
{
	struct properties p = {.names = {0}};
	int64_t boot_ns = 0;
	int code = vbc_IMachine_enumerateGuestProperties(s->op, s->machine, PATTERNS, &p.names,
							 &p.values, &p.times, &p.flags);

	if (!code && p.names.n)
		code = address_find_boot(s, &p, &boot_ns);
	if (code)
		return code;
	s->room += p.names.n;
	s->found = VBC_ARENA_ARRAY(&s->op->arena, struct vbc_address, s->room);
	if (!s->found)
		return vbc_fail_nomem(&s->op->error);
	address_take_properties(s, &p, boot_ns);
	return VBC_OK;
}

/* The name of the network whose DHCP server may know the adapter; NULL: none. */
static const char *address_find_server(struct vbc_op *op, const struct vbc_adapter *a)
{
	if (a->type == VBC_NetworkAttachmentType_HostOnly)
		return vbc_arena_printf(&op->arena, HOSTONLY_SERVER, a->network);
	return a->type == VBC_NetworkAttachmentType_NATNetwork ||
			       a->type == VBC_NetworkAttachmentType_Internal
		       ? a->network
		       : NULL;
}

static int address_find_lease(struct vbc_op *op, const char *network, const char *mac,
			      const char **ret_ip, const char **ret_state, int64_t *ret_expire)
{
	vbc_ref server = {NULL};
	int64_t issued = 0;
	const char *mac_text = vbc_mac_text(op, mac);
	int code = vbc_IVirtualBox_findDHCPServerByNetworkName(op, op->vbox, network, &server);

	if (code || (mac_text && !mac_text[0]))
		return code;
	return mac_text ? vbc_IDHCPServer_findLeaseByMAC(op, server, mac_text, 0, ret_ip, ret_state,
							 &issued, ret_expire)
			: vbc_fail_nomem(&op->error);
}

/* That there is no server or no lease comes as a fault, of which the codes say little. */
static bool address_is_no_lease(int code)
{
	return code == VBC_E_ARG || code == VBC_E_NOTFOUND || code == VBC_E_FAULT ||
	       code == VBC_E_STATE || code == VBC_E_BUSY;
}

static int address_ask_server(struct search *s, const struct vbc_adapter *a)
{
	const char *network = address_find_server(s->op, a), *ip = "", *state = "";
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(s->op);
	int64_t expire_s = 0, utc_ms = 0;
	int code;

	if (!network || !network[0])
		return VBC_OK;
	code = address_find_lease(s->op, network, a->mac, &ip, &state, &expire_s);
	if (code && !address_is_no_lease(code))
		return vbc_aside_end(&aside, code);
	vbc_aside_restore(&aside);
	if (code || !streq(state, LEASE_ACKED))
		return VBC_OK;
	code = vbc_host_clock(s->op, &utc_ms);
	if (!code && expire_s > utc_ms / 1000)
		address_add_own(s, a->slot, ip, VBC_ADDRESS_SOURCE_LEASE);
	return code;
}

static bool address_has_slot(const struct search *s, unsigned slot)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->found[i].adapter == slot)
			return true;
	return false;
}

static int address_ask_servers(struct search *s)
{
	int code = VBC_OK;

	if (!vbc_op_has(s->op, VBC_M_IDHCPServer_findLeaseByMAC))
		return VBC_OK;
	for (size_t i = 0; !code && i < s->n_adapters; i++)
		if (!address_has_slot(s, s->adapters[i].slot))
			code = address_ask_server(s, &s->adapters[i]);
	return code;
}

const char *vbc_url_host(struct vbc_op *op)
{
	const char *at = strstr(vbc_http_url(op->host->endpoint->http), "://") + 3;

	return at[0] == '[' ? vbc_arena_strndup(&op->arena, at + 1, strcspn(at + 1, "]"))
			    : vbc_arena_strndup(&op->arena, at, strcspn(at, ":/"));
}

static int address_add_forwards(struct search *s, const struct vbc_forwards *forwards)
{
	const char *host = vbc_url_host(s->op);

	for (size_t i = 0; host && i < forwards->n; i++) {
		const struct vbc_forward *f = forwards->v[i];
		bool known = !f->host_ip[0] || vbc_is_ip(f->host_ip);
		struct vbc_address *a =
			known && streq(f->protocol, "tcp") ? address_add_next(s) : NULL;

		if (a)
			*a = (struct vbc_address){.host = f->host_ip[0] ? f->host_ip : host,
						  .port = f->host_port,
						  .guest_port = f->guest_port,
						  .adapter = f->adapter,
						  .source = VBC_ADDRESS_SOURCE_FORWARD};
	}
	return host ? VBC_OK : vbc_fail_nomem(&s->op->error);
}

/* Sorts what was found into the node's fields. */
static int address_make_fields(struct search *s, struct vbc_node *node)
{
	const struct vbc_address **v =
		VBC_ARENA_ARRAY(&s->op->arena, const struct vbc_address *, s->n);
	const char **public = VBC_ARENA_ARRAY(&s->op->arena, const char *, s->n);
	const char **private = VBC_ARENA_ARRAY(&s->op->arena, const char *, s->n);

	if (!v || !public || !private)
		return vbc_fail_nomem(&s->op->error);
	for (size_t i = 0; i < s->n; i++) {
		bool is_private = true;

		v[i] = &s->found[i];
		if (v[i]->source == VBC_ADDRESS_SOURCE_FORWARD ||
		    !address_is_usable(v[i]->host, &is_private))
			continue;
		if (is_private)
		private[node->private_ips.n++] = v[i]->host;
		else public[node->public_ips.n++] = v[i]->host;
	}
	node->addresses = (struct vbc_addresses){.n = s->n, .v = v};
	node->public_ips.v = public;
	node->private_ips.v = private;
	return VBC_OK;
}

int vbc_addresses_find(struct vbc_op *op, vbc_ref machine, const struct vbc_adapter *adapters,
		       size_t n, struct vbc_node *node)
{
	struct search s = {.op = op,
			   .machine = machine,
			   .adapters = adapters,
			   .n_adapters = n,
			   .room = n + node->forwards.n};
	bool running =
		node->state == VBC_NODE_STATE_RUNNING || node->state == VBC_NODE_STATE_PAUSED;
	size_t shared = 0;
	int code = VBC_OK;

	for (size_t i = 0; i < n; i++)
		shared += !adapter_is_nat(&adapters[i]);
	s.found = VBC_ARENA_ARRAY(&op->arena, struct vbc_address, s.room);
	if (!s.found)
		return vbc_fail_nomem(&op->error);
	if (running && shared)
		code = address_ask_guest(&s);
	if (!code && running && shared)
		code = address_ask_servers(&s);
	if (!code)
		code = address_add_forwards(&s, &node->forwards);
	return code ? code : address_make_fields(&s, node);
}
