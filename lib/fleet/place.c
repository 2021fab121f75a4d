/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Placing nodes: what hosts say of their room, and the decision that follows.
 */
#include "fleet/place.h"

#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "base/tag.h"
#include "fleet/each.h"
#include "fleet/place-text.h"
#include "fleet/score.h"

#define COUNT_MAX  1000
#define BEST_HOSTS 3 /* of which any may come first */

static const struct vbc_placement_host nothing_told = {.host = ""};

struct placing {
	struct vbc_fleet *fleet;
	const struct vbc_node_create_opts *node;
	const struct vbc_placement_opts *opts;
	struct vbc_room_opts room_opts;
	struct vbc_room **rooms; /* [fleet->n] NULL: it did not tell */
	struct vbc_error *errors;
	struct vbc_asked asked;
	struct vbc_placement *result;
	struct vbc_placement_row *rows;
	struct vbc_candidate *candidates; /* [n_fit] that can have it */
};

const struct vbc_placement_host *vbc_placement_told(const struct vbc_placement_opts *opts,
						    const char *host)
{
	for (size_t i = 0; i < opts->n_hosts; i++)
		if (streq(opts->hosts[i].host, host))
			return &opts->hosts[i];
	return &nothing_told;
}

/* -- what is asked -------------------------------------------------------------------------- */

static int placing_ask_host(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	struct placing *p = data;
	const struct vbc_placement_host *told =
		vbc_placement_told(p->opts, p->fleet->members[number].name);

	/* What is known here saves the question. */
	if (p->rows[number].reason == VBC_PLACEMENT_REASON_EXCLUDED ||
	    vbc_label_missing(told, p->opts->where, p->opts->n_where))
		return VBC_OK;
	return vbc_host_room(host, &p->room_opts, &p->rooms[number], err);
}

static bool tags_match(const struct vbc_node_create_opts *node, const struct vbc_tag *tags,
		       size_t n)
{
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < node->n_tags; i++)
			if (vbc_tag_is(&tags[t], node->tags[i].key,
				       node->tags[i].value ? node->tags[i].value : ""))
				return true;
	return false;
}

/* A host that has the image knows what the node needs. */
static void placing_learn_asked(struct placing *p)
{
	const struct vbc_room *room = NULL;

	p->result->image_from = p->fleet->n;
	p->result->image_from_id = "";
	for (size_t i = 0; i < p->fleet->n && !room; i++) {
		if (!p->rooms[i] || !p->rooms[i]->has_image)
			continue;
		room = p->rooms[i];
		if (p->room_opts.image)
			p->result->image_from = i;
	}
	if (!room)
		return;
	p->asked = (struct vbc_asked){
		.cpus = room->cpus_asked,
		.memory_mib = room->memory_asked_mib,
		.disk_gib = room->disk_asked_gib,
		.disk_bytes = p->node->linked ? 0 : room->image_used_bytes,
		.image_bytes = room->image_used_bytes,
		.is_near = tags_match(p->node, p->opts->near_tags, p->opts->n_near_tags),
		.is_apart = tags_match(p->node, p->opts->apart_tags, p->opts->n_apart_tags)};
}

/* -- the rows ------------------------------------------------------------------------------- */

static void row_judge(struct placing *p, size_t i, struct vbc_candidate *c)
{
	struct vbc_placement_row *row = &p->rows[i];
	const struct vbc_placement_host *told = vbc_placement_told(p->opts, row->host);
	const struct vbc_room *room = p->rooms[i];

	if (row->reason == VBC_PLACEMENT_REASON_EXCLUDED)
		return;
	if (vbc_label_missing(told, p->opts->where, p->opts->n_where)) {
		row->reason = VBC_PLACEMENT_REASON_LABEL;
		return;
	}
	if (!room) {
		row->reason = VBC_PLACEMENT_REASON_FAILED;
		row->error = p->errors[i];
		return;
	}
	vbc_candidate_fill(c, room, &told->overcommit);
	row->reason = room->is_cordoned ? VBC_PLACEMENT_REASON_CORDONED
					: vbc_candidate_judge(c, room, &p->asked);
	row->is_known = true;
	row->cpus_free = c->cpus_free;
	row->memory_free_mib = c->memory_free_mib;
	row->disk_free_bytes = c->disk_free_bytes;
	row->has_image = room->has_image;
	row->n_near = room->n_near;
	row->n_apart = room->n_apart;
	row->n_machines = room->n_machines;
}

static bool row_tell(struct placing *p, size_t i, const struct vbc_candidate *c)
{
	struct vbc_placement_row *row = &p->rows[i];
	const struct vbc_row_facts facts = {
		.missing = vbc_label_missing(vbc_placement_told(p->opts, row->host), p->opts->where,
					     p->opts->n_where),
		.room = p->rooms[i],
		.candidate = c,
		.asked = &p->asked,
		.image = p->room_opts.image};

	row->text = vbc_placement_text(vbc_result_arena(p->result), row, &facts);
	return row->text;
}

static bool placing_fill_rows(struct placing *p)
{
	for (size_t i = 0; i < p->fleet->n; i++) {
		struct vbc_candidate c = {.number = i};

		if (getentropy(&c.random, sizeof(c.random)))
			c.random = i;
		row_judge(p, i, &c);
		if (!row_tell(p, i, &c))
			return false;
		if (p->rows[i].reason == VBC_PLACEMENT_REASON_FITS)
			p->candidates[p->result->n_fit++] = c;
	}
	return true;
}

/* -- the order ------------------------------------------------------------------------------ */

static void candidates_sort(struct vbc_candidate *v, size_t n, enum vbc_placement_strategy strategy)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k && vbc_candidate_compare(&v[k], &v[k - 1], strategy) < 0;
		     k--) {
			struct vbc_candidate c = v[k];

			v[k] = v[k - 1];
			v[k - 1] = c;
		}
}

/* Clients that ask at the same time are told the same: they had better not all choose the same. */
static void candidates_shuffle_best(struct vbc_candidate *v, size_t n,
				    enum vbc_placement_strategy strategy)
{
	size_t near = 1, chosen;

	while (near < n && near < BEST_HOSTS && vbc_candidate_is_near(&v[0], &v[near], strategy))
		near++;
	chosen = n ? v[0].random % near : 0;
	if (chosen) {
		struct vbc_candidate c = v[chosen];

		v[chosen] = v[0];
		v[0] = c;
	}
}

static bool placing_order(struct placing *p)
{
	struct vbc_placement *result = p->result;
	size_t n = result->n_fit, *order = VBC_ARENA_ARRAY(vbc_result_arena(result), size_t, n);

	candidates_sort(p->candidates, n, p->opts->strategy);
	candidates_shuffle_best(p->candidates, n, p->opts->strategy);
	for (size_t i = 0; order && i < n; i++) {
		order[i] = p->candidates[i].number;
		p->rows[order[i]].rank = (unsigned)i + 1;
	}
	result->order = order;
	return order;
}

/* Of several nodes each has those before it as neighbours; NULL: no host has room for one more. */
static struct vbc_candidate *placing_take_best(struct placing *p)
{
	struct vbc_candidate *best = NULL;

	for (size_t i = 0; i < p->result->n_fit; i++) {
		struct vbc_candidate *c = &p->candidates[i];

		if (vbc_candidate_judge(c, p->rooms[c->number], &p->asked))
			continue;
		if (!best || vbc_candidate_compare(c, best, p->opts->strategy) < 0)
			best = c;
	}
	if (best)
		vbc_candidate_take(best, &p->asked);
	return best;
}

static bool placing_spread_count(struct placing *p)
{
	size_t count = p->opts->count ? p->opts->count : 1,
	       *nodes = VBC_ARENA_ARRAY(vbc_result_arena(p->result), size_t, count);
	struct vbc_candidate *best;

	p->result->nodes = nodes;
	if (!nodes)
		return false;
	if (count == 1 && p->result->n_fit)
		nodes[p->result->n_nodes++] = p->result->order[0];
	while (count > 1 && p->result->n_nodes < count && (best = placing_take_best(p)))
		nodes[p->result->n_nodes++] = best->number;
	return true;
}

/* -- all of it ------------------------------------------------------------------------------ */

static bool placing_begin(struct placing *p)
{
	size_t n = p->fleet->n;
	struct vbc_placement *result = vbc_result_new(NULL, sizeof(*result));
	struct vbc_arena *a = result ? vbc_result_arena(result) : NULL;
	const struct vbc_placement_row **v;

	p->result = result;
	if (!a)
		return false;
	p->rooms = calloc(n, sizeof(struct vbc_room *));
	p->errors = calloc(n, sizeof(*p->errors));
	p->candidates = calloc(n, sizeof(*p->candidates));
	p->rows = VBC_ARENA_ARRAY(a, struct vbc_placement_row, n);
	v = VBC_ARENA_ARRAY(a, const struct vbc_placement_row *, n);
	if (!p->rooms || !p->errors || !p->candidates || !p->rows || !v)
		return false;
	for (size_t i = 0; i < n; i++) {
		p->rows[i].number = i;
		p->rows[i].disk_free_bytes = -1;
		p->rows[i].host = vbc_arena_strdup(a, p->fleet->members[i].name);
		if (!p->rows[i].host)
			return false;
		if (p->opts->exclude && streq(p->rows[i].host, p->opts->exclude))
			p->rows[i].reason = VBC_PLACEMENT_REASON_EXCLUDED;
		v[i] = &p->rows[i];
	}
	result->n = n;
	result->v = v;
	return true;
}

static bool placing_finish(struct placing *p)
{
	struct vbc_placement *result = p->result;
	size_t from;

	placing_learn_asked(p);
	from = result->image_from;
	if (from < p->fleet->n)
		result->image_from_id =
			vbc_arena_strdup(vbc_result_arena(result), p->rooms[from]->image);
	result->cpus_asked = p->asked.cpus;
	result->memory_asked_mib = p->asked.memory_mib;
	result->disk_asked_gib = p->asked.disk_gib;
	return result->image_from_id && placing_fill_rows(p) && placing_order(p) &&
	       placing_spread_count(p);
}

static void placing_done(struct placing *p)
{
	for (size_t i = 0; p->rooms && i < p->fleet->n; i++)
		vbc_room_free(p->rooms[i]);
	free(p->rooms);
	free(p->errors);
	free(p->candidates);
}

static int placing_check(const struct vbc_placement_opts *opts, struct vbc_error *err)
{
	if (opts->count > COUNT_MAX)
		return vbc_fail(err, VBC_E_ARG, "at most %u nodes are placed at once, not %u",
				(unsigned)COUNT_MAX, opts->count);
	for (size_t i = 0; i < opts->n_hosts; i++) {
		const struct vbc_overcommit *o = &opts->hosts[i].overcommit;

		if (!(o->cpus >= 0 && o->memory >= 0))
			return vbc_fail(err, VBC_E_ARG,
					"what host '%s' is overcommitted by is a factor, like 2",
					opts->hosts[i].host);
	}
	return VBC_OK;
}

static struct vbc_room_opts placing_room_opts(const struct placing *p)
{
	struct vbc_room_opts opts = VBC_ROOM_OPTS_INIT;

	opts.image = p->node->image && p->node->image[0] ? p->node->image : NULL;
	opts.node_size = p->node->node_size;
	opts.linked = p->node->linked;
	opts.near_tags = p->opts->near_tags;
	opts.n_near_tags = p->opts->n_near_tags;
	opts.apart_tags = p->opts->apart_tags;
	opts.n_apart_tags = p->opts->n_apart_tags;
	return opts;
}

int vbc_fleet_place(struct vbc_fleet *fleet, const struct vbc_node_create_opts *node,
		    const struct vbc_placement_opts *opts, struct vbc_placement **ret_placement,
		    struct vbc_error *err)
{
	if (vbc_lacks(err, fleet, node, ret_placement))
		return VBC_E_ARG;

	struct vbc_node_create_opts of = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_placement_opts o = VBC_PLACEMENT_OPTS_INIT;
	struct placing p = {.fleet = fleet, .node = &of, .opts = &o};
	bool good;
	int code;

	vbc_opts_read(&of, node);
	vbc_opts_read(&o, opts);
	code = placing_check(&o, err);
	if (code)
		return code;
	p.room_opts = placing_room_opts(&p);
	good = placing_begin(&p);
	if (good) {
		vbc_fleet_call_each(fleet, placing_ask_host, &p, p.errors);
		good = placing_finish(&p);
	}
	placing_done(&p);
	if (!good) {
		vbc_placement_free(p.result);
		return vbc_fail_nomem(err);
	}
	*ret_placement = p.result;
	return VBC_OK;
}

void vbc_placement_free(struct vbc_placement *placement)
{
	vbc_result_free(placement);
}
