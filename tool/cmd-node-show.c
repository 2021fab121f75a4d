/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node list, show: what is told of a node.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "columns.h"
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

const struct opt node_list_opts[] = {
	{.name = "--columns",
	 .value = "KEYS",
	 OPT(columns),
	 .help = "show these, by their keys in JSON, like name,state"},
	{.name = NULL},
};

/* What the host must be asked for to fill a column. */
static const struct {
	const char *key;
	unsigned fields;
} column_fields[] = {
	{"name", VBC_NODE_FIELD_NAME},
	{"size", VBC_NODE_FIELD_SIZE},
	{"image", VBC_NODE_FIELD_NAME},
	{"created_at", VBC_NODE_FIELD_NAME},
	{"cpus", VBC_NODE_FIELD_SIZE},
	{"memory_mb", VBC_NODE_FIELD_SIZE},
	{"disk_gb", VBC_NODE_FIELD_SIZE},
	{"os_type", VBC_NODE_FIELD_HARDWARE},
	{"public_ips", VBC_NODE_FIELD_NETWORK},
	{"private_ips", VBC_NODE_FIELD_NETWORK},
	{"addresses", VBC_NODE_FIELD_NETWORK},
	{"forwards", VBC_NODE_FIELD_NETWORK},
	{"adapters", VBC_NODE_FIELD_NETWORK},
	{"tags", VBC_NODE_FIELD_NAME},
	{"username", VBC_NODE_FIELD_NAME},
	{"extra", VBC_NODE_FIELD_FILES | VBC_NODE_FIELD_HARDWARE},
};

static unsigned columns_find_fields(const struct columns *chosen)
{
	unsigned fields = 0;

	for (size_t i = 0; i < chosen->n; i++)
		for (size_t k = 0; k < COUNT(column_fields); k++)
			if (streq(node_columns[chosen->v[i]].key, column_fields[k].key))
				fields |= column_fields[k].fields;
	return fields;
}

/* Each group of fields costs the host calls: a list needs only what it shows. */
static int list_find_fields(const struct ctx *ctx, const struct args *args, struct columns *chosen,
			    unsigned *ret_fields, struct vbc_error *err)
{
	int rc = args->columns ? columns_parse(args->columns, node_columns, chosen, err) : 0;

	*ret_fields = args->columns             ? columns_find_fields(chosen)
		      : ctx->format == OUT_JSON ? (unsigned)VBC_NODE_FIELD_ALL
						: VBC_NODE_FIELD_NAME | VBC_NODE_FIELD_SIZE;
	return rc;
}

int node_list(struct ctx *ctx, const struct args *args)
{
	struct columns chosen = {.n = 0};
	struct vbc_nodes *nodes;
	unsigned fields;
	int rc = list_find_fields(ctx, args, &chosen, &fields, &ctx->err);

	if (!rc)
		rc = vbc_node_list(ctx->host, fields, &nodes, &ctx->err);
	if (rc)
		return rc;
	nodes_list_begin(ctx);
	for (size_t i = 0; i < nodes->n; i++)
		nodes_list_add(ctx, nodes->v[i]);
	vbc_nodes_free(nodes);
	if (chosen.n)
		out_choose(ctx->out, chosen.v, chosen.n);
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
