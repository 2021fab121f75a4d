/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes as they were read for an earlier list, and what of them must be asked each time: older
 * releases do not tell of a disk that was resized, and none tells of addresses.
 */
#include "node/kept.h"

#include <vboxcloud/node.h>

#include "base/str.h"
#include "machine/list.h"
#include "machine/network.h"
#include "machine/read-again.h"
#include "machine/state.h"
#include "node/size.h"

#define SIZED (VBC_NODE_FIELD_SIZE | VBC_NODE_FIELD_HARDWARE)

struct kept_list {
	struct vbc_op *op;
	struct vbc_stock *stock;
	unsigned fields;
	struct vbc_node *nodes; /* of each machine                                       */
	bool *wanted;           /* it must be read; afterwards: it was, but there is none */
	size_t n_wanted;
};

static void list_want(struct kept_list *l, size_t i)
{
	l->n_wanted += !l->wanted[i];
	l->wanted[i] = true;
}

/* Those of which too little is known, or that have changed. */
static void list_want_changed(struct kept_list *l)
{
	for (size_t i = 0; i < l->stock->n; i++) {
		const struct vbc_stocked *m = &l->stock->v[i];

		if (!m->node || m->changed || (l->fields & ~m->fields))
			list_want(l, i);
		else
			l->nodes[i] = *m->node;
	}
}

/* Of one that VirtualBox cannot read, or could not, nothing holds. */
static int list_ask_states(struct kept_list *l)
{
	vbc_ref *refs = VBC_ARENA_ARRAY(&l->op->arena, vbc_ref, l->stock->n);
	const struct vbc_refs machines = {.n = l->stock->n, .v = refs};
	struct vbc_enums states = {0};
	int code;

	if (!refs)
		return vbc_fail_nomem(&l->op->error);
	for (size_t i = 0; i < l->stock->n; i++)
		refs[i].s = l->stock->v[i].ref;
	code = vbc_machine_states(l->op, &machines, &states);
	for (size_t i = 0; !code && i < l->stock->n; i++) {
		enum vbc_MachineState state = (enum vbc_MachineState)states.v[i];

		if (l->wanted[i])
			continue;
		if (state == VBC_MachineState_Null || l->nodes[i].error[0] ||
		    l->nodes[i].state == VBC_NODE_STATE_ERROR)
			list_want(l, i);
		else
			vbc_node_set_state(&l->nodes[i], state);
	}
	return code;
}

/*
 * A disk that a running machine has in use cannot be resized; it was in use from when it was read
 * until now, or an event would have told of another state.
 */
static bool disk_may_differ(const struct kept_list *l, size_t i)
{
	const struct vbc_stocked *m = &l->stock->v[i];

	return !l->wanted[i] && (l->fields & SIZED) && m->disk[0] &&
	       !(vbc_state_is_up(m->node->state) && vbc_state_is_up(l->nodes[i].state));
}

static int list_ask_sizes(struct kept_list *l)
{
	size_t n = l->stock->n, m = 0;
	struct vbc_node **nodes = VBC_ARENA_ARRAY(&l->op->arena, struct vbc_node *, n);
	vbc_ref *disks = VBC_ARENA_ARRAY(&l->op->arena, vbc_ref, n);
	bool *lost = VBC_ARENA_ARRAY(&l->op->arena, bool, n);
	int code;

	if (!nodes || !disks || !lost)
		return vbc_fail_nomem(&l->op->error);
	for (size_t i = 0; i < n; i++) {
		if (!disk_may_differ(l, i))
			continue;
		nodes[m] = &l->nodes[i];
		disks[m++].s = l->stock->v[i].disk;
	}
	code = m ? vbc_node_sizes_again(l->op, nodes, disks, m, lost) : VBC_OK;
	for (size_t i = 0; !code && i < m; i++)
		if (lost[i])
			list_want(l, (size_t)(nodes[i] - l->nodes));
	return code;
}

static int list_ask_addresses(struct kept_list *l)
{
	int code = VBC_OK;

	if (!(l->fields & VBC_NODE_FIELD_NETWORK))
		return VBC_OK;
	for (size_t i = 0; !code && i < l->stock->n; i++)
		if (!l->wanted[i])
			code = vbc_node_addresses_again(l->op, (vbc_ref){l->stock->v[i].ref},
							&l->nodes[i]);
	return code;
}

static int rows_read(struct kept_list *l, const struct vbc_strs *keys, struct vbc_node_rows *rows,
		     vbc_ref **ret_disks)
{
	struct vbc_op *op = l->op;
	vbc_ref *refs = VBC_ARENA_ARRAY(&op->arena, vbc_ref, l->n_wanted);
	vbc_ref *disks = VBC_ARENA_ARRAY(&op->arena, vbc_ref, l->n_wanted);
	const struct vbc_refs machines = {.n = l->n_wanted, .v = refs};
	size_t m = 0;
	int code;

	if (!refs || !disks)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < l->stock->n; i++)
		if (l->wanted[i])
			refs[m++].s = l->stock->v[i].ref;
	code = vbc_node_query_these(op, keys, &machines, l->fields, rows);
	if (!code && l->fields & SIZED)
		code = vbc_node_sizes(op, rows->nodes, rows->refs, rows->told, rows->n,
				      l->fields & VBC_NODE_FIELD_HARDWARE, disks);
	*ret_disks = disks;
	return code;
}

/* Those that are gone meanwhile stay wanted. */
static int list_read_wanted(struct kept_list *l, const struct vbc_strs *keys)
{
	struct vbc_node_rows rows = {.n = 0};
	vbc_ref *disks = NULL;
	size_t row = 0;
	int code = l->n_wanted ? rows_read(l, keys, &rows, &disks) : VBC_OK;

	for (size_t i = 0; !code && row < rows.n && i < l->stock->n; i++) {
		struct vbc_stocked *m = &l->stock->v[i];

		if (!l->wanted[i] || !streq(m->ref, rows.refs[row].s))
			continue;
		vbc_stocked_set(l->stock, m, &rows.nodes[row], l->fields, disks[row]);
		l->nodes[i] = rows.nodes[row++];
		l->wanted[i] = false;
	}
	return code;
}

static size_t list_compact(struct kept_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->stock->n; i++)
		if (!l->wanted[i])
			l->nodes[n++] = l->nodes[i];
	return n;
}

int vbc_nodes_kept(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_stock *stock,
		   unsigned fields, struct vbc_node **ret_nodes, size_t *ret_n)
{
	struct kept_list l = {.op = op, .stock = stock, .fields = fields};
	int code = VBC_OK;

	l.nodes = VBC_ARENA_ARRAY(&op->arena, struct vbc_node, stock->n);
	l.wanted = VBC_ARENA_ARRAY(&op->arena, bool, stock->n);
	if (!l.nodes || !l.wanted)
		return vbc_fail_nomem(&op->error);
	list_want_changed(&l);
	if (l.n_wanted < stock->n)
		code = list_ask_states(&l);
	if (!code)
		code = list_ask_sizes(&l);
	if (!code)
		code = list_ask_addresses(&l);
	if (!code)
		code = list_read_wanted(&l, keys);
	if (code)
		return code;
	*ret_nodes = l.nodes;
	*ret_n = list_compact(&l);
	return VBC_OK;
}
