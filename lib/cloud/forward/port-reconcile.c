/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reserved ports against what machines forward and where their displays are: where the two differ,
 * the machine is right.
 */
#include "forward/port-reconcile.h"

#include "base/str.h"
#include "forward/port.h"
#include "journal/entry.h"
#include "journal/recover.h"
#include "machine/adapter.h"
#include "machine/display-port.h"
#include "machine/nat-rule.h"
#include "machine/node-ref.h"
#include "machine/registered.h"
#include "vbox/meta.h"

/* A node's reservations, and which of them it uses. */
struct holding {
	const char *id;
	enum vbc_NATProtocol protocol;
	unsigned port;
	bool used;
};

static int port_find_holdings(struct vbc_op *op, const struct vbc_strs *ids, const char *node,
			      struct holding **ret, size_t *ret_n)
{
	struct holding *v = VBC_ARENA_ARRAY(&op->arena, struct holding, ids->n);
	const char *of;
	size_t n = 0;

	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < ids->n; i++) {
		v[n].id = ids->v[i];
		if (vbc_port_split(ids->v[i], &v[n].protocol, &v[n].port, &of) && streq(of, node))
			n++;
	}
	*ret = v;
	*ret_n = n;
	return VBC_OK;
}

/* Marks the reservation of one that is used; false when there is none. */
static bool port_mark_used(enum vbc_NATProtocol protocol, unsigned port, struct holding *v,
			   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].protocol == protocol && v[i].port == port)
			return v[i].used = true;
	return false;
}

static int port_compare_display(struct vbc_op *op, const char *node, vbc_ref machine,
				struct holding *v, size_t n, bool reserve)
{
	unsigned port = 0;
	int code = vbc_display_port(op, machine, &port);

	if (code || !port || port_mark_used(VBC_NATProtocol_TCP, port, v, n) || !reserve)
		return code;
	return vbc_port_write(op, vbc_port_id(op, node, VBC_NATProtocol_TCP, port), false);
}

/* With `reserve`, writes the reservations that are missing. */
static int port_compare_forwards(struct vbc_op *op, const char *node, vbc_ref machine,
				 struct holding *v, size_t n, bool reserve)
{
	struct vbc_adapters adapters = {0};
	struct vbc_redirect r;
	int code = vbc_adapters_get(op, &machine, 1, VBC_ADAPTER_FORWARDS, &adapters);

	for (size_t i = 0; !code && i < adapters.n; i++)
		for (size_t j = 0; !code && j < adapters.v[i].redirects.n; j++)
			if (vbc_redirect_parse(op, adapters.v[i].redirects.v[j], &r) &&
			    !port_mark_used(r.protocol, r.host_port, v, n) && reserve)
				code = vbc_port_write(
					op, vbc_port_id(op, node, r.protocol, r.host_port), false);
	return code ? code : port_compare_display(op, node, machine, v, n, reserve);
}

int vbc_port_reconcile(struct vbc_op *op, const char *node, vbc_ref machine)
{
	struct vbc_strs ids = {0};
	struct holding *v = NULL;
	size_t n = 0;
	int code = vbc_meta_ids(op, VBC_PORT_KIND, &ids);

	if (!code)
		code = port_find_holdings(op, &ids, node, &v, &n);
	if (!code)
		code = port_compare_forwards(op, node, machine, v, n, true);
	for (size_t i = 0; !code && i < n; i++)
		if (!v[i].used)
			code = vbc_meta_delete(op, VBC_PORT_KIND, v[i].id);
	return code;
}

int vbc_port_undo(struct vbc_op *op, const char *node, const struct vbc_meta *entry,
		  int (*undo)(struct vbc_op *op, const struct vbc_node_ref *node,
			      const struct vbc_meta *entry))
{
	struct vbc_node_ref ref = {.id = node, .name = node};
	int code = vbc_node_registered(op, node, &ref.machine);

	if (!code && vbc_ref_is_null(ref.machine))
		return vbc_port_free_all(op, node);
	if (!code)
		code = undo(op, &ref, entry);
	return code ? code : vbc_port_reconcile(op, node, ref.machine);
}

/* Keeps those that are leftovers, with *ret_text as the reason; they are of one node. */
static int port_judge_holdings(struct vbc_op *op, const char *node, bool busy, struct holding *v,
			       size_t *n, const char **ret_text)
{
	vbc_ref machine = {NULL};
	bool gone = false, accessible = false;
	size_t kept = 0;
	int code = vbc_port_owner_gone(op, node, &gone);

	*ret_text = gone ? "a reserved port of a node that is gone"
			 : "a reserved port that its node does not use";
	if (code || gone)
		return code;
	code = vbc_node_registered(op, node, &machine);
	if (!code && !vbc_ref_is_null(machine))
		code = vbc_IMachine_getAccessible(op, machine, &accessible);
	if (!code && accessible && !busy)
		code = port_compare_forwards(op, node, machine, v, *n, false);
	for (size_t i = 0; !code && accessible && !busy && i < *n; i++)
		if (!v[i].used)
			v[kept++] = v[i];
	*n = kept;
	return code;
}

/* Those of one node. */
static int node_ports_recover(struct vbc_op *op, const struct vbc_strs *ids, const char *node,
			      bool busy, const struct vbc_recover_how *how)
{
	struct holding *v = NULL;
	const char *text = "";
	size_t n = 0;
	int code = port_find_holdings(op, ids, node, &v, &n);

	if (!code)
		code = port_judge_holdings(op, node, busy, v, &n, &text);
	for (size_t i = 0; !code && i < n; i++) {
		if (how->found)
			code = how->found(op, how->arg, VBC_PORT_KIND, v[i].id, text, false);
		if (!code && !how->dry_run)
			code = vbc_meta_delete(op, VBC_PORT_KIND, v[i].id);
	}
	return code;
}

/* Whether an earlier one of the ids is of the same node. */
static bool port_was_seen(const struct vbc_strs *ids, size_t n, const char *node)
{
	for (size_t i = 0; i < n; i++)
		if (vbc_ends_with(ids->v[i], node))
			return true;
	return false;
}

/*
 * Who adds a forward writes the journal before the reservation: so without an entry there, what
 * stands in these keys is complete.
 */
int vbc_port_recover(struct vbc_op *op, const struct vbc_strs *keys,
		     const struct vbc_recover_how *how)
{
	struct vbc_strs ids = {0}, journal = {0};
	enum vbc_NATProtocol protocol;
	const char *node;
	unsigned port;
	int code = vbc_meta_ids_of(op, keys, VBC_PORT_KIND, &ids);

	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_JOURNAL_KIND, &journal);
	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_port_split(ids.v[i], &protocol, &port, &node) &&
		    !port_was_seen(&ids, i, node))
			code = node_ports_recover(op, &ids, node, journal.n > 0, how);
	return code;
}
