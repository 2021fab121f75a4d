/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding a node by the beginning of its id. The ids of those that have metadata are in its keys;
 * the machines of other tools are asked for theirs, with a call each.
 */
#include "machine/find-prefix.h"

#include "base/id.h"
#include "base/str.h"
#include "machine/keys.h"
#include "machine/name.h"
#include "machine/own.h"
#include "machine/registered.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

struct hits {
	struct vbc_node_ref *v; /* room for all that there may be */
	size_t n;
};

static bool hits_have(const struct hits *hits, const char *id)
{
	for (size_t i = 0; i < hits->n; i++)
		if (streq(hits->v[i].id, id))
			return true;
	return false;
}

static void hits_add(struct hits *hits, vbc_ref machine, const char *id)
{
	hits->v[hits->n++] = (struct vbc_node_ref){.machine = machine, .id = id, .name = id};
}

/* What is recorded may be of a machine that is gone. */
static int hits_add_recorded(struct vbc_op *op, const struct vbc_strs *recorded, const char *prefix,
			     struct hits *hits)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < recorded->n; i++) {
		vbc_ref machine = {NULL};

		if (!vbc_is_uuid(recorded->v[i]) || !vbc_id_begins(recorded->v[i], prefix))
			continue;
		code = vbc_node_registered(op, recorded->v[i], &machine);
		if (!code && !vbc_ref_is_null(machine))
			hits_add(hits, machine, recorded->v[i]);
	}
	return code;
}

static int hits_add_others(struct vbc_op *op, const struct vbc_refs *machines,
			   const struct vbc_refs *own, const char *prefix, struct hits *hits)
{
	struct vbc_batch_call *calls =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, machines->n);
	const char **ids = VBC_ARENA_ARRAY(&op->arena, const char *, machines->n);
	size_t n = 0;
	int code;

	if (!calls || !ids)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < machines->n; i++) {
		if (vbc_own_has(own, machines->v[i]))
			continue;
		ids[n] = "";
		calls[n] = (struct vbc_batch_call){.method = VBC_M_IMachine_getId,
						   .self = machines->v[i],
						   .out = &ids[n],
						   .fixed = op->host->one_shot};
		n++;
	}
	code = vbc_batch(op, calls, n);
	for (size_t i = 0; !code && i < n; i++)
		if (vbc_id_begins(ids[i], prefix) && !hits_have(hits, ids[i]))
			hits_add(hits, calls[i].self, ids[i]);
	return code;
}

/* A name may be gone by now, or unreadable; the id is enough then. */
static const char *hit_find_name(struct vbc_op *op, const struct vbc_node_ref *hit)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const char *name = hit->id;

	vbc_node_name(op, hit->machine, hit->id, &name);
	return name;
}

static int hits_fail_ambiguous(struct vbc_op *op, const struct hits *hits, const char *prefix)
{
	struct vbc_buf VBC_BUF text;

	vbc_buf_init(&text, 700);
	for (size_t i = 0; i < hits->n && !text.failed; i++)
		vbc_buf_printf(&text, "%s%s '%s'", i ? ", " : "", hits->v[i].id,
			       hit_find_name(op, &hits->v[i]));
	return vbc_fail(&op->error, VBC_E_ARG,
			"more than one node has an id that begins with '%s'; use more of it: %s",
			prefix, text.data ? text.data : "");
}

int vbc_node_find_by_prefix(struct vbc_op *op, const struct vbc_strs *keys,
			    const struct vbc_refs *machines, const char *prefix, bool surely,
			    struct vbc_node_ref *ret)
{
	struct vbc_refs own = {0};
	struct vbc_strs recorded = {0};
	struct hits hits = {.n = 0};
	int code = surely ? VBC_OK : vbc_own_find(op, keys, true, &own);

	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_NODE_KIND, &recorded);
	if (code)
		return code;
	hits.v = VBC_ARENA_ARRAY(&op->arena, struct vbc_node_ref, recorded.n + machines->n);
	if (!hits.v)
		return vbc_fail_nomem(&op->error);
	code = hits_add_recorded(op, &recorded, prefix, &hits);
	if (!code)
		code = hits_add_others(op, machines, &own, prefix, &hits);
	if (!code && hits.n > 1)
		return hits_fail_ambiguous(op, &hits, prefix);
	if (!code && hits.n)
		*ret = hits.v[0];
	return code;
}
