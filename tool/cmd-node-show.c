/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node list, show: what is told of a node.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "network-cells.h"
#include "util.h"

const struct column node_columns[] = {
	{"name", "NAME"},      {"id", "ID"},        {"state", "STATE"},
	{"size", "SIZE"},      {"image", "IMAGE"},  {"created_at", "CREATED"},
	{"cpus", NULL},        {"memory_mb", NULL}, {"disk_gb", NULL},
	{"host", NULL},        {"os_type", NULL},   {"public_ips", NULL},
	{"private_ips", NULL}, {"addresses", NULL}, {"forwards", NULL},
	{"adapters", NULL},    {"tags", NULL},      {"extra", NULL},
	{"firmware", NULL},    {"username", NULL},  {"protected", NULL},
	{"iso", NULL},         {NULL, NULL},
};

const struct narrow node_narrow[] = {
	{"name", "NAME", CUT_FIRST},      {"id", "ID", CUT_NEVER},
	{"state", "STATE", CUT_NEVER},    {"size", "SIZE", CUT_NEVER},
	{"image", "IMAGE", CUT_FIRST},    {"addresses", "ADDRESS", CUT_LAST},
	{"created_at", "AGE", CUT_NEVER}, {.key = NULL},
};

static enum out_colour state_colour(enum vbc_node_state state)
{
	switch (state) {
	case VBC_NODE_STATE_RUNNING: return COLOUR_GREEN;
	case VBC_NODE_STATE_STARTING:
	case VBC_NODE_STATE_STOPPING:
	case VBC_NODE_STATE_UPDATING: return COLOUR_YELLOW;
	case VBC_NODE_STATE_PAUSED:
	case VBC_NODE_STATE_SUSPENDED: return COLOUR_BLUE;
	case VBC_NODE_STATE_ERROR: return COLOUR_RED;
	default: return COLOUR_NONE;
	}
}

void node_add_size(struct out *out, const struct vbc_node *node)
{
	bool whole = node->memory_mib % 1024 == 0;
	char *brief FREE = format("%uc/%u%c/%uG", node->cpus,
				  whole ? node->memory_mib / 1024 : node->memory_mib,
				  whole ? 'G' : 'M', node->disk_gib);

	out_text_or_null(out, node->size);
	if (*node->size)
		out_brief(out, brief);
}

void node_add_tags(struct out *out, const struct vbc_node *node)
{
	struct pair *pairs FREE = must(calloc(node->tags.n + 1, sizeof(*pairs)));

	for (size_t i = 0; i < node->tags.n; i++)
		pairs[i] = (struct pair){node->tags.v[i]->key, node->tags.v[i]->value};
	out_pairs(out, pairs, node->tags.n);
}

void node_add_cells(struct out *out, const char *url, const struct vbc_node *node)
{
	struct pair extra[] = {
		{"machine_state", node->machine_state},
		{"settings_file", node->settings_file},
		{"description", node->description},
		{"error", node->error},
	};

	out_text(out, node->name);
	out_id_or_null(out, node->id);
	out_text(out, vbc_node_state_name(node->state));
	out_colour(out, state_colour(node->state));
	node_add_size(out, node);
	out_id_or_null(out, node->image);
	if (*node->image)
		out_brief(out, node->image_name);
	out_time(out, node->created_at_ms);
	out_number_or_null(out, node->cpus);
	out_number_or_null(out, node->memory_mib);
	out_number_or_null(out, node->disk_gib);
	out_text(out, url);
	out_text_or_null(out, node->os_type);
	add_network(out, node);
	node_add_tags(out, node);
	out_pairs(out, extra, COUNT(extra));
	out_text_or_null(out, node->firmware);
	out_text_or_null(out, node->username);
	out_bool(out, node->is_protected);
	out_text_or_null(out, node->iso);
}

void nodes_list_add(struct ctx *ctx, const struct vbc_node *node)
{
	node_add_cells(ctx->out, ctx->url, node);
}

void nodes_list_begin(struct ctx *ctx)
{
	out_list(ctx->out, node_columns);
	out_narrow(ctx->out, node_narrow);
}

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
	{"protected", VBC_NODE_FIELD_NAME},
	{"extra", VBC_NODE_FIELD_FILES | VBC_NODE_FIELD_HARDWARE},
};

/* Each group of fields costs the host calls: a list needs only what it shows or looks at. */
static unsigned list_find_fields(const struct list *list)
{
	const struct column *columns = list->columns;
	unsigned fields = 0;

	for (size_t i = 0; columns[i].key; i++)
		for (size_t k = 0; k < COUNT(column_fields); k++)
			if (list_uses(list, i) && streq(columns[i].key, column_fields[k].key))
				fields |= column_fields[k].fields;
	return fields;
}

/* An image is looked for by its name, too, where that is what is seen of it. */
unsigned nodes_find_filter_fields(const struct list *list)
{
	unsigned fields = list_find_fields(list);

	for (size_t i = 0; i < list->filters.n; i++)
		if (streq(list->columns[list->filters.v[i].column].key, "image"))
			fields |= VBC_NODE_FIELD_IMAGE_NAME;
	return fields;
}

unsigned nodes_find_shown_fields(const struct ctx *ctx)
{
	unsigned fields = nodes_find_filter_fields(&ctx->list);

	if (ctx->list.chosen.n)
		return fields;
	if (ctx->format == OUT_JSON)
		return fields | VBC_NODE_FIELD_ALL;
	fields |= VBC_NODE_FIELD_NAME | VBC_NODE_FIELD_SIZE;
	if (ctx->format == OUT_TABLE && !ctx->list.wide)
		fields |= VBC_NODE_FIELD_NETWORK | VBC_NODE_FIELD_IMAGE_NAME;
	return fields;
}

int node_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_nodes *nodes;
	int rc = vbc_node_list(ctx->host, nodes_find_shown_fields(ctx), &nodes, &ctx->err);

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
