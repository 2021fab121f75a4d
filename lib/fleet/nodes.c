/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of the nodes of all hosts, also of those that do not answer.
 */
#include <stdlib.h>

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "fleet/each.h"
#include "fleet/merge.h"
#include "fleet/seen-file.h"

/* What the caller gets, and what it points to. */
struct nodes_result {
	struct vbc_fleet_nodes nodes;
	struct vbc_nodes **lists; /* [n_lists], of the hosts that answered, else NULL */
	size_t n_lists;
};

struct nodes_job {
	const struct vbc_fleet *fleet;
	unsigned fields;
	struct vbc_nodes **lists; /* each is that of one thread */
};

static const char *member_user(const struct vbc_member *member)
{
	return member->opts.user ? member->opts.user : "";
}

static int nodes_ask_host(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	const struct nodes_job *job = data;
	const struct vbc_fleet *fleet = job->fleet;
	int code = vbc_node_list(host, job->fields, &job->lists[number], err);

	if (!code && fleet->seen_folder)
		vbc_seen_save(fleet->seen_folder, vbc_host_url(host),
			      member_user(&fleet->members[number]), job->lists[number]);
	return code;
}

/* Fills the part of a host that did not answer from what was noted of it. */
static bool part_recall(const struct vbc_fleet *fleet, size_t number, struct vbc_arena *arena,
			struct vbc_fleet_part *part)
{
	const struct vbc_member *member = &fleet->members[number];
	struct vbc_nodes *nodes = VBC_ARENA_NEW(arena, struct vbc_nodes);

	if (nodes && vbc_seen_load(fleet->seen_folder, vbc_host_url(member->handle),
				   member_user(member), arena, &part->seen_at_ms, nodes))
		part->nodes = nodes;
	return nodes;
}

static bool nodes_merge(const struct vbc_fleet *fleet, const struct vbc_error *errors,
			struct nodes_result *result)
{
	struct vbc_arena *arena = vbc_result_arena(result);
	struct vbc_fleet_part *parts = VBC_ARENA_ARRAY(arena, struct vbc_fleet_part, fleet->n);
	bool good = parts;

	for (size_t i = 0; good && i < fleet->n; i++) {
		parts[i].host = vbc_arena_strdup(arena, fleet->members[i].name);
		parts[i].nodes = result->lists[i];
		good = parts[i].host;
		if (good && errors[i].code && fleet->seen_folder)
			good = part_recall(fleet, i, arena, &parts[i]);
	}
	return good && vbc_fleet_merge(parts, fleet->n, arena, &result->nodes) &&
	       vbc_fleet_take_failures(fleet, errors, arena, &result->nodes.failures);
}

static struct nodes_result *nodes_result_new(size_t n)
{
	struct nodes_result *result = vbc_result_new(NULL, sizeof(*result));

	if (!result)
		return NULL;
	result->lists = calloc(n, sizeof(struct vbc_nodes *));
	result->n_lists = result->lists ? n : 0;
	return result;
}

int vbc_fleet_node_list(struct vbc_fleet *fleet, unsigned fields,
			struct vbc_fleet_nodes **ret_nodes, struct vbc_error *err)
{
	if (vbc_lacks(err, fleet, ret_nodes))
		return VBC_E_ARG;

	struct vbc_error *errors VBC_FREE = calloc(fleet->n, sizeof(*errors));
	struct nodes_result *result = nodes_result_new(fleet->n);
	struct nodes_job job = {.fleet = fleet, .fields = fields};
	bool good = errors && result && result->lists;

	if (fleet->seen_folder)
		job.fields |= VBC_NODE_FIELD_NAME | VBC_NODE_FIELD_SIZE;
	if (good) {
		job.lists = result->lists;
		vbc_fleet_call_each(fleet, nodes_ask_host, &job, errors);
		good = nodes_merge(fleet, errors, result);
	}
	if (!good) {
		vbc_fleet_nodes_free(result ? &result->nodes : NULL);
		return vbc_fail_nomem(err);
	}
	*ret_nodes = &result->nodes;
	return VBC_OK;
}

void vbc_fleet_nodes_free(struct vbc_fleet_nodes *nodes)
{
	struct nodes_result *result = (struct nodes_result *)nodes; /* its first member */

	if (!result)
		return;
	for (size_t i = 0; i < result->n_lists; i++)
		vbc_nodes_free(result->lists[i]);
	free(result->lists);
	vbc_result_free(result);
}
