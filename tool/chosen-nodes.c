/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The nodes that --all and --filter choose, on one host or on several.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "fleet-find.h"
#include "fleet-list.h"
#include "util.h"

static void chosen_make_room(struct chosen_nodes *chosen, size_t n)
{
	chosen->v = must(calloc(n + 1, sizeof(const struct vbc_node *)));
	chosen->hosts = must(calloc(n + 1, sizeof(*chosen->hosts)));
}

static void nodes_choose(struct chosen_nodes *chosen, const char *url, const struct list *list)
{
	struct vbc_nodes *nodes = chosen->nodes;
	struct out *out = out_new(OUT_TABLE);

	out_list(out, node_columns);
	for (size_t i = 0; i < nodes->n; i++)
		node_add_cells(out, url, nodes->v[i]);
	chosen_make_room(chosen, nodes->n);
	for (size_t i = 0; i < nodes->n; i++)
		if (filters_match(&list->filters, out, i))
			chosen->v[chosen->n++] = nodes->v[i];
	out_free(out);
}

/* None of a host that does not answer: what its nodes are now is not known. */
static void fleet_nodes_choose(struct chosen_nodes *chosen, const struct list *list)
{
	const struct vbc_fleet_nodes *nodes = chosen->of_fleet;
	struct out *out = out_new(OUT_TABLE);

	out_list(out, node_columns);
	for (size_t i = 0; i < nodes->n; i++)
		node_add_cells(out, nodes->v[i]->host, nodes->v[i]->node);
	chosen_make_room(chosen, nodes->n);
	for (size_t i = 0; i < nodes->n; i++) {
		if (nodes->v[i]->seen_at_ms || !filters_match(&list->filters, out, i))
			continue;
		chosen->hosts[chosen->n] = nodes->v[i]->number;
		chosen->v[chosen->n++] = nodes->v[i]->node;
	}
	out_free(out);
}

static int chosen_ask_host(struct ctx *ctx, const struct list *list, unsigned fields,
			   struct chosen_nodes *ret)
{
	int rc = vbc_node_list(ctx->host, fields, &ret->nodes, &ctx->err);

	if (!rc)
		nodes_choose(ret, ctx->url, list);
	return rc;
}

static int chosen_ask_fleet(struct ctx *ctx, const struct args *args, const struct list *list,
			    unsigned fields, struct chosen_nodes *ret)
{
	struct vbc_fleet *fleet = ctx->spread->fleet;
	int rc = vbc_fleet_node_list(fleet, fields, &ret->of_fleet, &ctx->err);

	if (!rc)
		rc = fleet_failures_judge(ctx, fleet, args, &ret->of_fleet->failures);
	if (!rc && args->strict && ret->of_fleet->failures.n)
		rc = fail(&ctx->err, VBC_E_CONNECT,
			  "nothing was done, as not all hosts answered and '--strict' was given");
	if (!rc)
		fleet_nodes_choose(ret, list);
	return rc;
}

int nodes_find_chosen(struct ctx *ctx, const struct args *args, struct chosen_nodes *ret)
{
	struct list list = {.columns = node_columns};
	int rc = filters_parse(args->filters.v, args->filters.n, node_columns, &list.filters,
			       &ctx->err);

	*ret = (struct chosen_nodes){.n = 0};
	if (!rc) {
		unsigned fields = VBC_NODE_FIELD_NAME | nodes_find_filter_fields(&list);

		rc = ctx->spread ? chosen_ask_fleet(ctx, args, &list, fields, ret)
				 : chosen_ask_host(ctx, &list, fields, ret);
	}
	list_done(&list);
	return rc;
}

void nodes_chosen_done(struct chosen_nodes *chosen)
{
	free(chosen->v);
	free(chosen->hosts);
	vbc_nodes_free(chosen->nodes);
	vbc_fleet_nodes_free(chosen->of_fleet);
	*chosen = (struct chosen_nodes){.n = 0};
}
