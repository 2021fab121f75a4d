/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/merge.h"

#include <stdlib.h>
#include <string.h>

/* By name; of one name by the number of the host, and as in that one's own list. */
static int fleet_nodes_compare(const void *x, const void *y)
{
	const struct vbc_fleet_node *a = *(const struct vbc_fleet_node *const *)x;
	const struct vbc_fleet_node *b = *(const struct vbc_fleet_node *const *)y;
	int order = strcmp(a->node->name, b->node->name);

	if (!order)
		order = (a->number > b->number) - (a->number < b->number);
	return order ? order : strcmp(a->node->id, b->node->id);
}

static size_t parts_count(const struct vbc_fleet_part *parts, size_t n)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += parts[i].nodes ? parts[i].nodes->n : 0;
	return all;
}

bool vbc_fleet_merge(const struct vbc_fleet_part *parts, size_t n, struct vbc_arena *arena,
		     struct vbc_fleet_nodes *ret)
{
	size_t all = parts_count(parts, n), at = 0;
	struct vbc_fleet_node *nodes = VBC_ARENA_ARRAY(arena, struct vbc_fleet_node, all);
	const struct vbc_fleet_node **v =
		VBC_ARENA_ARRAY(arena, const struct vbc_fleet_node *, all);

	if (!nodes || !v)
		return false;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; parts[i].nodes && k < parts[i].nodes->n; k++) {
			nodes[at] = (struct vbc_fleet_node){.host = parts[i].host,
							    .number = i,
							    .seen_at_ms = parts[i].seen_at_ms,
							    .node = parts[i].nodes->v[k]};
			v[at] = &nodes[at];
			at++;
		}
	}
	qsort(v, all, sizeof(const struct vbc_fleet_node *), fleet_nodes_compare);
	ret->n = all;
	ret->v = v;
	return true;
}
