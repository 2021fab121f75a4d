/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding a node by its name, without asking each node for its own.
 *
 * Those that have metadata are found through the index (machine/named.h). VirtualBox finds the
 * first machine that it calls so, in one call: one of another tool, or one that another tool has
 * renamed. If it knows none there is none but those of the index. If it knows one there may be
 * more, so the others are asked for VirtualBox's name, with one call each. Which of them the index
 * knows, ids would tell, which cost a call each, too; VirtualBox's groups tell it in one: the
 * machines that are made here are in one. Whoever may be called so is read before it is believed.
 *
 * What is missed: a node that was made here, and that another tool has renamed since the last list
 * to the name of another node, which VirtualBox has before it. Who must know asks these, too.
 */
#include "machine/find-name.h"

#include <vboxcloud/node.h>

#include <string.h>

#include "base/id.h"
#include "base/str.h"
#include "host/known.h"
#include "host/machines.h"
#include "machine/find-prefix.h"
#include "machine/keys.h"
#include "machine/list.h"
#include "machine/named.h"
#include "machine/own.h"
#include "machine/read-again.h"
#include "machine/registered.h"
#include "vbox/meta.h"

/* A machine that was looked at; id "" where it is gone. */
struct seen {
	struct seen *next;
	struct vbc_node_ref node;
	bool is_hit;
};

struct search {
	struct vbc_op *op;
	const struct vbc_strs *keys; /* of the host's extra data */
	const char *name;
	bool surely;
	struct seen *seen;
};

static bool search_has_seen(const struct search *s, vbc_ref machine)
{
	for (const struct seen *seen = s->seen; seen; seen = seen->next)
		if (streq(seen->node.machine.s, machine.s))
			return true;
	return false;
}

static bool search_has_seen_id(const struct search *s, const char *id)
{
	for (const struct seen *seen = s->seen; seen; seen = seen->next)
		if (streq(seen->node.id, id))
			return true;
	return false;
}

/* Reads what a machine is called. */
static int search_look_at(struct search *s, vbc_ref machine)
{
	struct seen *seen;
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code;

	if (vbc_ref_is_null(machine) || search_has_seen(s, machine))
		return VBC_OK;
	seen = VBC_ARENA_NEW(&s->op->arena, struct seen);
	if (!seen)
		return vbc_fail_nomem(&s->op->error);
	code = vbc_node_query(s->op, s->keys, machine, VBC_NODE_FIELD_NAME, &nodes, &refs, &n);
	if (code)
		return code;
	*seen = (struct seen){.next = s->seen, .node = {.machine = machine, .id = "", .name = ""}};
	if (n)
		seen->node = (struct vbc_node_ref){machine, nodes[0].id, nodes[0].name};
	seen->is_hit = n && streq(nodes[0].name, s->name);
	s->seen = seen;
	return VBC_OK;
}

static int search_look_at_id(struct search *s, const char *id)
{
	vbc_ref machine = {NULL};
	int code = search_has_seen_id(s, id) ? VBC_OK : vbc_node_registered(s->op, id, &machine);

	return code ? code : search_look_at(s, machine);
}

static int search_through_index(struct search *s)
{
	struct vbc_strs ids = {0};
	int code = vbc_named_ids(s->op, s->keys, s->name, &ids);

	for (size_t i = 0; !code && i < ids.n; i++)
		code = search_look_at_id(s, ids.v[i]);
	return code;
}

static bool search_is_recorded(const struct search *s, const char *json)
{
	struct vbc_meta *VBC_META meta = vbc_meta_parse(json);

	return streq(vbc_meta_name(meta, "name"), s->name);
}

/* Those that the index does not have: an older version made them. */
static int search_through_metadata(struct search *s)
{
	struct vbc_strs ids = {0};
	const char **texts = NULL;
	int code = vbc_named_missing(s->op, s->keys, &ids);

	if (!code)
		code = vbc_meta_texts(s->op, VBC_NODE_KIND, &ids, &texts);
	for (size_t i = 0; !code && i < ids.n; i++)
		if (search_is_recorded(s, texts[i]))
			code = search_look_at_id(s, ids.v[i]);
	return code;
}

static bool search_is_spared(const struct search *s, const struct vbc_refs *own, vbc_ref machine)
{
	return search_has_seen(s, machine) || vbc_own_has(own, machine);
}

/*
 * Asks those that were not looked at yet for the name that VirtualBox has; a program that ends soon
 * asks each of them once, however many nodes it is told to find.
 */
static int search_others(struct search *s, const struct vbc_refs *machines)
{
	struct vbc_refs own = {0};
	struct vbc_op *op = s->op;
	struct vbc_batch_call *calls =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, machines->n);
	const char **names = VBC_ARENA_ARRAY(&op->arena, const char *, machines->n);
	size_t n = 0;
	int code = s->surely ? VBC_OK : vbc_own_find(op, s->keys, true, &own);

	if (code || !calls || !names)
		return code ? code : vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < machines->n; i++) {
		if (search_is_spared(s, &own, machines->v[i]))
			continue;
		names[n] = "";
		calls[n] = (struct vbc_batch_call){.method = VBC_M_IMachine_getName,
						   .self = machines->v[i],
						   .out = &names[n],
						   .fixed = s->op->host->one_shot};
		n++;
	}
	code = vbc_batch(op, calls, n);
	for (size_t i = 0; !code && i < n; i++)
		if (streq(names[i], s->name))
			code = search_look_at(s, calls[i].self);
	return code;
}

/* One that VirtualBox could not read until now has a name from now on. */
static int search_unread(struct search *s, const struct vbc_refs *machines)
{
	struct vbc_enums states = {0};
	int code = vbc_machine_states(s->op, machines, &states);

	return code || !vbc_known(s->op).read_again ? code : search_others(s, machines);
}

static bool search_has_hit(const struct search *s)
{
	for (const struct seen *seen = s->seen; seen; seen = seen->next)
		if (seen->is_hit)
			return true;
	return false;
}

/* Where there is more than one machine. */
static int search_among(struct search *s, const struct vbc_refs *machines)
{
	bool is_id = s->name[0] == '{'; /* for VirtualBox, or it may be one */
	vbc_ref first = {NULL};
	int code = is_id ? VBC_OK : vbc_node_registered(s->op, s->name, &first);

	if (!code)
		code = search_look_at(s, first);
	if (!code)
		code = search_through_index(s);
	if (!code)
		code = search_through_metadata(s);
	if (code)
		return code;
	if (is_id || !vbc_ref_is_null(first))
		return search_others(s, machines);
	return search_has_hit(s) ? VBC_OK : search_unread(s, machines);
}

static int search_all(struct search *s, const struct vbc_refs *machines)
{
	return machines->n == 1 ? search_look_at(s, machines->v[0]) : search_among(s, machines);
}

/* All ids of that name, for a person to choose from. */
static int search_fail_ambiguous(const struct search *s)
{
	struct vbc_buf VBC_BUF ids;

	vbc_buf_init(&ids, 700);
	for (const struct seen *seen = s->seen; seen; seen = seen->next) {
		if (!seen->is_hit)
			continue;
		vbc_buf_puts(&ids, ids.len ? ", " : "");
		vbc_buf_puts(&ids, seen->node.id);
	}
	return vbc_fail(&s->op->error, VBC_E_ARG,
			"more than one node is called '%s'; use an id: %s", s->name,
			ids.data ? ids.data : "");
}

/* The only one that has the name; a null machine: none has. */
static int search_take_hit(const struct search *s, struct vbc_node_ref *ret)
{
	const struct vbc_node_ref *hit = NULL;

	for (const struct seen *seen = s->seen; seen; seen = seen->next) {
		if (seen->is_hit && hit)
			return search_fail_ambiguous(s);
		hit = seen->is_hit ? &seen->node : hit;
	}
	*ret = hit ? *hit : (struct vbc_node_ref){.machine = {NULL}};
	return VBC_OK;
}

int vbc_node_find_by_name(struct vbc_op *op, const struct vbc_strs *keys, const char *name,
			  bool surely, struct vbc_node_ref *ret)
{
	struct search s = {.op = op, .keys = keys, .name = name, .surely = surely};
	struct vbc_refs machines = {0};
	size_t at;
	long c;
	/* Nothing is called what VirtualBox cannot be asked for. */
	bool possible = vbc_text_ok(name, strlen(name), &at, &c);
	int code = possible ? vbc_machines_list(op, &machines) : VBC_OK;

	if (!code && possible)
		code = search_all(&s, &machines);
	if (!code)
		code = search_take_hit(&s, ret);
	/* A name comes first: who types one means it, whatever ids there are. */
	if (!code && vbc_ref_is_null(ret->machine) && vbc_is_id_prefix(name))
		code = vbc_node_find_by_prefix(op, keys, &machines, name, surely, ret);
	return code;
}
