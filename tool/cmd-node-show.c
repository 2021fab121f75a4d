/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node list, show: what is told of a node.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "network-cells.h"
#include "util.h"

static const struct column node_columns[] = {
	{"name", "NAME"},      {"id", "ID"},        {"state", "STATE"},
	{"size", "SIZE"},      {"image", "IMAGE"},  {"created_at", "CREATED"},
	{"cpus", NULL},        {"memory_mb", NULL}, {"disk_gb", NULL},
	{"host", NULL},        {"os_type", NULL},   {"public_ips", NULL},
	{"private_ips", NULL}, {"addresses", NULL}, {"forwards", NULL},
	{"adapters", NULL},    {"tags", NULL},      {"extra", NULL},
	{"firmware", NULL},    {"username", NULL},  {NULL, NULL},
};

static void node_add_tags(struct out *out, const struct vbc_node *node)
{
	struct pair *pairs FREE = must(calloc(node->tags.n + 1, sizeof(*pairs)));

	for (size_t i = 0; i < node->tags.n; i++)
		pairs[i] = (struct pair){node->tags.v[i]->key, node->tags.v[i]->value};
	out_pairs(out, pairs, node->tags.n);
}

void nodes_list_add(struct ctx *ctx, const struct vbc_node *node)
{
	struct pair extra[] = {
		{"machine_state", node->machine_state},
		{"settings_file", node->settings_file},
		{"description", node->description},
		{"error", node->error},
	};

	out_text(ctx->out, node->name);
	out_text(ctx->out, node->id);
	out_text(ctx->out, vbc_node_state_name(node->state));
	out_text_or_null(ctx->out, node->size);
	out_text_or_null(ctx->out, node->image);
	out_time(ctx->out, node->created_at_ms);
	out_number_or_null(ctx->out, node->cpus);
	out_number_or_null(ctx->out, node->memory_mib);
	out_number_or_null(ctx->out, node->disk_gib);
	out_text(ctx->out, ctx->url);
	out_text_or_null(ctx->out, node->os_type);
	add_network(ctx->out, node);
	node_add_tags(ctx->out, node);
	out_pairs(ctx->out, extra, COUNT(extra));
	out_text_or_null(ctx->out, node->firmware);
	out_text_or_null(ctx->out, node->username);
}

void nodes_list_begin(struct ctx *ctx)
{
	out_list(ctx->out, node_columns);
}

int node_list(struct ctx *ctx, const struct args *args)
{
	/* Each group of fields costs the host calls: the table needs only what it shows. */
	unsigned fields = ctx->format == OUT_JSON ? (unsigned)VBC_NODE_FIELD_ALL
						  : VBC_NODE_FIELD_NAME | VBC_NODE_FIELD_SIZE;
	struct vbc_nodes *nodes;
	int rc = vbc_node_list(ctx->host, fields, &nodes, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	nodes_list_begin(ctx);
	for (size_t i = 0; i < nodes->n; i++)
		nodes_list_add(ctx, nodes->v[i]);
	vbc_nodes_free(nodes);
	return 0;
}

int node_show_and_free(struct ctx *ctx, struct vbc_node *node)
{
	out_object(ctx->out, node_columns);
	nodes_list_add(ctx, node);
	vbc_node_free(node);
	return 0;
}

int node_show(struct ctx *ctx, const struct args *args)
{
	struct vbc_node *node;
	int rc = vbc_node_get(ctx->host, args->words[0], &node, &ctx->err);

	return rc ? rc : node_show_and_free(ctx, node);
}
