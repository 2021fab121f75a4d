/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making a node on a host of a fleet that has room for it, or else on the next one.
 */
#include <stdlib.h>

#include "base/given.h"
#include "base/result.h"
#include "base/wait.h"
#include "fleet/place-text.h"
#include "fleet/place.h"

/* A node that is being made. */
struct creating {
	struct vbc_fleet *fleet;
	const struct vbc_placement *placement;
	const char *name;
	struct vbc_node_create_opts node;
	struct vbc_placement_opts opts;
	const struct vbc_wait *wait;
	int64_t deadline_ms;       /* of all that are tried; 0: none */
	unsigned cancelled;        /* of the fleet, when it began */
	struct vbc_error *refused; /* [placement->n] */
	struct vbc_node *made;
	size_t number; /* of its host */
};

/* What the caller gets, and what it points to. */
struct made_result {
	struct vbc_fleet_node node;
	struct vbc_node *made;
};

static int creating_tick(void *data, const struct vbc_progress *progress)
{
	const struct creating *c = data;

	if (atomic_load(&c->fleet->cancelled) != c->cancelled)
		return 1;
	return c->wait && c->wait->tick ? c->wait->tick(c->wait->data, progress) : 0;
}

/* Only that there is no room is a reason to try another host: what else failed may have come far.
 */
static int creating_try(struct creating *c, size_t number, bool *ret_refused, struct vbc_error *err)
{
	const struct vbc_placement_host *told =
		vbc_placement_told(&c->opts, c->fleet->members[number].name);
	struct vbc_wait wait = vbc_wait_rest(c->wait, c->deadline_ms);
	struct vbc_error error = {0};
	int code;

	wait.tick = creating_tick;
	wait.data = c;
	c->node.within = &told->overcommit;
	code = vbc_node_create(c->fleet->members[number].handle, c->name, &c->node, &wait, &c->made,
			       &error);
	*ret_refused = code == VBC_E_SPACE;
	c->number = number;
	if (*ret_refused)
		c->refused[number] = error;
	else if (code && err && !err->code)
		*err = error;
	return code;
}

/* Begins with the host that is best for this node, and then takes all in their order. */
static int creating_try_all(struct creating *c, size_t nth, struct vbc_error *err)
{
	const struct vbc_placement *p = c->placement;
	size_t first = nth < p->n_nodes ? p->nodes[nth] : p->n;
	bool refused = true;
	int code = VBC_E_SPACE;

	if (first < p->n)
		code = creating_try(c, first, &refused, err);
	for (size_t i = 0; code && refused && i < p->n_fit; i++)
		if (p->order[i] != first)
			code = creating_try(c, p->order[i], &refused, err);
	if (code && refused)
		code = vbc_error_prefix(err, vbc_placement_refuse(p, c->refused, err),
					"cannot create node '%s'", c->name);
	return code;
}

static struct made_result *creating_hand_out(const struct creating *c)
{
	struct made_result *result = vbc_result_new(NULL, sizeof(*result));

	if (!result)
		return NULL;
	result->made = c->made;
	result->node.node = c->made;
	result->node.number = c->number;
	result->node.host =
		vbc_arena_strdup(vbc_result_arena(result), c->fleet->members[c->number].name);
	if (result->node.host)
		return result;
	vbc_result_free(result);
	return NULL;
}

static int creating_run(struct creating *c, size_t nth, struct vbc_fleet_node **ret,
			struct vbc_error *err)
{
	struct made_result *result;
	int code = creating_try_all(c, nth, err);

	if (code)
		return code;
	result = creating_hand_out(c);
	if (!result) {
		vbc_node_free(c->made);
		return vbc_fail_nomem(err);
	}
	*ret = &result->node;
	return VBC_OK;
}

int vbc_fleet_node_create_at(struct vbc_fleet *fleet, const struct vbc_placement *placement,
			     size_t nth, const char *name, const struct vbc_node_create_opts *node,
			     const struct vbc_placement_opts *opts, const struct vbc_wait *wait,
			     struct vbc_fleet_node **ret_node, struct vbc_error *err)
{
	if (vbc_lacks(err, fleet, placement, name, node, ret_node))
		return VBC_E_ARG;

	struct creating c = {.fleet = fleet,
			     .placement = placement,
			     .name = name,
			     .node = VBC_NODE_CREATE_OPTS_INIT,
			     .opts = VBC_PLACEMENT_OPTS_INIT,
			     .wait = wait,
			     .deadline_ms = vbc_wait_deadline(wait),
			     .cancelled = atomic_load(&fleet->cancelled)};
	struct vbc_error error = {0};
	int code;

	vbc_opts_read(&c.node, node);
	vbc_opts_read(&c.opts, opts);
	if (placement->n != fleet->n)
		return vbc_fail(err, VBC_E_ARG, "the placement is of another fleet");
	c.refused = calloc(placement->n, sizeof(*c.refused));
	code = c.refused ? creating_run(&c, nth, ret_node, &error) : vbc_fail_nomem(&error);
	free(c.refused);
	if (code && err && !err->code)
		*err = error;
	return code;
}

int vbc_fleet_node_create(struct vbc_fleet *fleet, const char *name,
			  const struct vbc_node_create_opts *node,
			  const struct vbc_placement_opts *opts, const struct vbc_wait *wait,
			  struct vbc_fleet_node **ret_node, struct vbc_error *err)
{
	if (vbc_lacks(err, fleet, name, node, ret_node))
		return VBC_E_ARG;

	struct vbc_placement *placement = NULL;
	int code = vbc_node_create_check(name, node, err);

	if (!code)
		code = vbc_fleet_place(fleet, node, opts, &placement, err);
	if (!code)
		code = vbc_fleet_node_create_at(fleet, placement, 0, name, node, opts, wait,
						ret_node, err);
	vbc_placement_free(placement);
	return code;
}

void vbc_fleet_node_free(struct vbc_fleet_node *node)
{
	struct made_result *result = (struct made_result *)node; /* its first member */

	if (!result)
		return;
	vbc_node_free(result->made);
	vbc_result_free(result);
}
