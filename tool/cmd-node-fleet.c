/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node list of several hosts: also nodes of those that do not answer, as far as they are
 * known from an earlier list.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "fleet-list.h"
#include "util.h"

const struct column *node_fleet_columns(void)
{
	static struct column columns[COLUMNS_MAX];
	size_t n = 0;

	for (; node_columns[n].key; n++)
		columns[n] = node_columns[n];
	columns[n] = (struct column){"seen_at", NULL};
	return columns;
}

/* Of one that was seen earlier. All that is not known is not shown as if it were. */
static void node_add_seen_cells(struct out *out, const struct vbc_fleet_node *seen)
{
	static const char *const rest[] = {"extra", "firmware", "username", "protected", "iso"};
	static const char *const middle[] = {"os_type",   "public_ips", "private_ips",
					     "addresses", "forwards",   "adapters"};
	const struct vbc_node *node = seen->node;
	char *age FREE = format_age((uint64_t)seen->seen_at_ms);
	char *brief FREE = format("unknown, %s ago", age);

	out_text(out, node->name);
	out_id_or_null(out, node->id);
	out_text(out, vbc_node_state_name(node->state));
	out_brief(out, brief);
	node_add_size(out, node);
	out_id_or_null(out, node->image);
	out_time(out, node->created_at_ms);
	out_number_or_null(out, node->cpus);
	out_number_or_null(out, node->memory_mib);
	out_number_or_null(out, node->disk_gib);
	out_text(out, seen->host);
	for (size_t i = 0; i < COUNT(middle); i++)
		out_null(out);
	node_add_tags(out, node);
	for (size_t i = 0; i < COUNT(rest); i++)
		out_null(out);
}

int node_list_fleet(struct ctx *ctx, const struct args *args)
{
	struct out *rows = out_new(ctx->format);
	struct vbc_fleet_nodes *nodes;
	int rc = vbc_fleet_node_list(ctx->fleet, nodes_find_shown_fields(ctx), &nodes, &ctx->err);

	if (rc) {
		out_free(rows);
		return rc;
	}
	out_list(rows, node_fleet_columns());
	out_narrow(rows, node_narrow);
	for (size_t i = 0; i < nodes->n; i++) {
		const struct vbc_fleet_node *node = nodes->v[i];

		if (node->seen_at_ms)
			node_add_seen_cells(rows, node);
		else
			node_add_cells(rows, node->host, node->node);
		out_time(rows, node->seen_at_ms);
	}
	fleet_list_begin(ctx, rows);
	out_take_rows(ctx->out, rows, NULL);
	out_free(rows);
	rc = fleet_list_judge(ctx, args, &nodes->failures);
	vbc_fleet_nodes_free(nodes);
	return rc;
}
