/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ports of the host, reserved. VirtualBox lets any number of machines forward the same port, and
 * only the first that starts gets it, without a word to the others. So each node writes a key of
 * its own, libcloud/port/PROTOCOL/NUMBER/NODE, before it looks for those of other nodes: of two
 * that want the same port at least one sees the other, and gives way. Machines of other tools
 * reserve nothing; what they forward is read.
 */
#include "forward/port.h"

#include <vboxcloud/node.h>

#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "host/keys.h"
#include "host/known.h"
#include "journal/entry.h"
#include "machine/adapter.h"
#include "machine/keys.h"
#include "machine/list.h"
#include "machine/nat-rule.h"
#include "machine/registered.h"
#include "vbox/meta.h"

/* Where free ports are taken from: below those that systems give to outgoing connections. */
enum { FIRST = 20000, COUNT = 10000, ATTEMPTS = 5, PAUSE_MS = 20 };

#define CHOSEN "chosen" /* in a reservation: by us, another port would do as well */

/* Ports of one protocol that cannot be had. */
struct taken {
	bool port[65536];
	bool foreign[65536]; /* by machines of other tools */
};

const char *vbc_port_id(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			unsigned port)
{
	return vbc_arena_printf(&op->arena, "%s/%u/%s", vbc_protocol_name(protocol), port, node);
}

bool vbc_port_split(const char *id, enum vbc_NATProtocol *ret_protocol, unsigned *ret_port,
		    const char **ret_node)
{
	char protocol[4], node[37];
	unsigned port;
	int at = 0;

	if (sscanf(id, "%3[a-z]/%5u/%n%36s", protocol, &port, &at, node) != 3 || !at ||
	    !vbc_is_uuid(id + at) || port > 65535 ||
	    !(streq(protocol, "tcp") || streq(protocol, "udp")))
		return false;
	*ret_protocol = streq(protocol, "udp") ? VBC_NATProtocol_UDP : VBC_NATProtocol_TCP;
	*ret_port = port;
	*ret_node = id + at;
	return true;
}

static bool port_has_key(struct vbc_op *op, const struct vbc_strs *keys, const char *kind,
			 const char *id)
{
	const char *key = vbc_meta_key(op, kind, id);

	return key && vbc_strs_has(keys, key);
}

/* Marks what machines forward that have no metadata of ours. */
static int port_mark_foreign(struct vbc_op *op, const struct vbc_strs *keys,
			     enum vbc_NATProtocol protocol, struct taken *taken)
{
	struct vbc_adapters adapters = {0};
	struct vbc_refs machines = {0};
	struct vbc_strs ids = {0};
	struct vbc_redirect r;
	size_t n = 0;
	int code = vbc_machines_readable(op, keys, &machines, &ids);
	vbc_ref *foreign = VBC_ARENA_ARRAY(&op->arena, vbc_ref, machines.n);

	if (!code && !foreign)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < machines.n; i++)
		if (!port_has_key(op, keys, VBC_NODE_KIND, ids.v[i]) &&
		    !port_has_key(op, keys, VBC_JOURNAL_KIND, ids.v[i]))
			foreign[n++] = machines.v[i];
	if (!code)
		code = vbc_adapters_get(op, foreign, n, VBC_ADAPTER_FORWARDS, &adapters);
	for (size_t i = 0; !code && i < adapters.n; i++)
		for (size_t j = 0; j < adapters.v[i].redirects.n; j++)
			if (vbc_redirect_parse(op, adapters.v[i].redirects.v[j], &r) &&
			    r.protocol == protocol)
				taken->port[r.host_port] = taken->foreign[r.host_port] = true;
	return code;
}

/*
 * As the host had them when the operation began, before it reserved any itself: what others have
 * reserved since is seen when the own reservation is written.
 */
static int port_find_taken(struct vbc_op *op, enum vbc_NATProtocol protocol, struct taken *taken)
{
	struct vbc_strs keys = {0}, ids = {0};
	enum vbc_NATProtocol of;
	const char *node;
	unsigned port;
	struct vbc_known known = vbc_known(op);
	int code = known.reserved ? vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys)
				  : vbc_host_keys(op, &keys);

	if (!code) {
		known = vbc_known(op);
		known.reserved = true;
		code = vbc_known_set(op, &known);
	}
	if (!code)
		code = vbc_meta_ids_of(op, &keys, VBC_PORT_KIND, &ids);
	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_port_split(ids.v[i], &of, &port, &node) && of == protocol)
			taken->port[port] = true;
	return code ? code : port_mark_foreign(op, &keys, protocol, taken);
}

/* Each node begins to look elsewhere, so that those that are made at once seldom meet. */
static unsigned port_choose_free(const char *node, const struct taken *taken)
{
	unsigned start = 0;

	for (const char *c = node; *c; c++)
		start = (start * 31 + (unsigned char)*c) % COUNT;
	for (unsigned i = 0; i < COUNT; i++)
		if (!taken->port[FIRST + (start + i) % COUNT])
			return FIRST + (start + i) % COUNT;
	return 0;
}

/* *ret_other: the id of another node that has a reservation of this port, or NULL. */
static int port_find_other_node(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
				unsigned port, const char **ret_other)
{
	struct vbc_strs ids = {0};
	enum vbc_NATProtocol of;
	const char *other;
	unsigned number;
	int code = vbc_meta_ids(op, VBC_PORT_KIND, &ids);

	*ret_other = NULL;
	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_port_split(ids.v[i], &of, &number, &other) && of == protocol &&
		    number == port && !streq(other, node))
			*ret_other = other;
	return code;
}

int vbc_port_write(struct vbc_op *op, const char *id, bool chosen)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();

	if (!meta || !id)
		return vbc_fail_nomem(&op->error);
	if (chosen)
		vbc_meta_set_int(meta, CHOSEN, 1);
	return vbc_meta_put(op, VBC_PORT_KIND, id, meta);
}

int vbc_port_was_chosen(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			unsigned port, bool *ret)
{
	struct vbc_meta *VBC_META meta = NULL;
	const char *id = vbc_port_id(op, node, protocol, port);
	int code = id ? vbc_meta_get(op, VBC_PORT_KIND, id, &meta) : vbc_fail_nomem(&op->error);

	*ret = !code && meta && vbc_meta_int(meta, CHOSEN);
	return code;
}

const char *vbc_port_refusal(struct vbc_op *op, const char *protocol, unsigned port,
			     const char *address)
{
	const char *text =
		vbc_arena_printf(&op->arena,
				 "the host does not let VirtualBox listen on %s port %u of %s: "
				 "another program has it, or VirtualBox is not allowed to",
				 protocol, port, address[0] ? address : "all addresses");

	return text ? text : "no memory";
}

int vbc_port_fail_refused(struct vbc_op *op, const char *protocol, unsigned port,
			  const char *address)
{
	return vbc_fail(&op->error, VBC_E_EXISTS, "%s; choose another",
			vbc_port_refusal(op, protocol, port, address));
}

/* Writes, then looks. *ret_other as port_find_other_node(): then nothing is written any more. */
static int port_try_reserve(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			    unsigned port, bool chosen, const char **ret_other)
{
	int code = vbc_port_write(op, vbc_port_id(op, node, protocol, port), chosen);

	if (!code)
		code = port_find_other_node(op, node, protocol, port, ret_other);
	if (!code && *ret_other)
		code = vbc_port_free(op, node, protocol, port);
	return code;
}

int vbc_port_owner_gone(struct vbc_op *op, const char *node, bool *ret)
{
	struct vbc_meta *VBC_META entry = NULL;
	vbc_ref machine = {NULL};
	int code = vbc_meta_get(op, VBC_JOURNAL_KIND, node, &entry);

	if (!code)
		code = vbc_node_registered(op, node, &machine);
	*ret = !code && !entry && vbc_ref_is_null(machine);
	return code;
}

static int port_fail_taken(struct vbc_op *op, enum vbc_NATProtocol protocol, unsigned port,
			   const char *by)
{
	return vbc_fail_hint(&op->error, VBC_E_EXISTS, VBC_HINT_LIST_PORTS,
			     "%s port %u of the host is taken by %s%s", vbc_protocol_name(protocol),
			     port, by ? "node " : "a machine of another tool", by ? by : "");
}

static int port_reserve_wanted(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			       unsigned port, const struct taken *taken)
{
	const char *other = NULL;
	bool gone = false;
	int code = VBC_OK;

	if (taken->foreign[port])
		return port_fail_taken(op, protocol, port, NULL);
	for (int i = 0; i < ATTEMPTS; i++) {
		code = port_try_reserve(op, node, protocol, port, false, &other);
		if (!code && !other)
			return VBC_OK;
		if (!code)
			code = vbc_port_owner_gone(op, other, &gone);
		if (!code && gone)
			code = vbc_port_free(op, other, protocol, port);
		/* Another may be about to give way as well. */
		if (!code && !gone)
			code = vbc_op_sleep(op, PAUSE_MS + (unsigned)(vbc_now_us() % PAUSE_MS));
		if (code)
			return code;
	}
	return port_fail_taken(op, protocol, port, other);
}

static int port_reserve_any(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
			    struct taken *taken, unsigned *ret_port)
{
	for (;;) {
		unsigned port = port_choose_free(node, taken);
		const char *other = NULL;
		int code;

		if (!port)
			return vbc_fail(&op->error, VBC_E_EXISTS,
					"all %s ports of the host from %d to %d are taken",
					vbc_protocol_name(protocol), FIRST, FIRST + COUNT - 1);
		code = port_try_reserve(op, node, protocol, port, true, &other);
		if (!code && !other)
			*ret_port = port;
		if (code || !other)
			return code;
		taken->port[port] = true;
	}
}

int vbc_port_reserve(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol,
		     unsigned wanted, unsigned *ret_port)
{
	struct taken *taken = VBC_ARENA_NEW(&op->arena, struct taken);
	int code = taken ? port_find_taken(op, protocol, taken) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	if (!wanted)
		return port_reserve_any(op, node, protocol, taken, ret_port);
	code = port_reserve_wanted(op, node, protocol, wanted, taken);
	if (!code)
		*ret_port = wanted;
	return code;
}

int vbc_port_free(struct vbc_op *op, const char *node, enum vbc_NATProtocol protocol, unsigned port)
{
	const char *id = vbc_port_id(op, node, protocol, port);

	return id ? vbc_meta_delete(op, VBC_PORT_KIND, id) : vbc_fail_nomem(&op->error);
}

int vbc_port_free_all(struct vbc_op *op, const char *node)
{
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	return code ? code : vbc_port_free_listed(op, &keys, node);
}

int vbc_port_free_listed(struct vbc_op *op, const struct vbc_strs *keys, const char *node)
{
	struct vbc_strs ids = {0};
	int code = vbc_meta_ids_of(op, keys, VBC_PORT_KIND, &ids);

	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_ends_with(ids.v[i], node))
			code = vbc_meta_delete(op, VBC_PORT_KIND, ids.v[i]);
	return code;
}
