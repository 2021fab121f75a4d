/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud snapshot: of volumes and of nodes.
 */
#include "cmd.h"
#include "report.h"

static int snapshot_list(struct ctx *ctx, const struct args *args);
static int snapshot_create(struct ctx *ctx, const struct args *args);
static int snapshot_revert(struct ctx *ctx, const struct args *args);
static int snapshot_delete(struct ctx *ctx, const struct args *args, const char *name,
			   struct vbc_error *err);

#define OPT_NODE                                                                                   \
	{                                                                                          \
		.name = "--node", .value = "NODE", OPT(node), .complete = COMPLETE_NODE,           \
		.help = "snapshots of this node",                                                  \
	}
#define OPT_VOLUME                                                                                 \
	{                                                                                          \
		.name = "--volume", .value = "VOLUME", OPT(volume), .complete = COMPLETE_VOLUME,   \
		.help = "snapshots of this volume",                                                \
	}

static const struct opt snapshot_list_opts[] = {OPT_NODE, OPT_VOLUME, OPTS_LIST, {.name = NULL}};

static const struct opt create_opts[] = {
	OPT_NODE,
	OPT_VOLUME,
	{
		.name = "--description",
		.value = "TEXT",
		OPT(description),
		.help = "any text",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt revert_opts[] = {OPT_TIMEOUT, {.name = NULL}};
static const struct opt delete_opts[] = {OPT_NODE, OPT_TIMEOUT, {.name = NULL}};

static const struct column columns[] = {
	{"name", "NAME"},
	{"id", "ID"},
	{"kind", NULL},
	{"of", NULL},
	{"of_name", "OF"},
	{"parent", "PARENT"},
	{"created_at", "CREATED"},
	{"size_bytes", "SIZE"},
	{"running", NULL},
	{"current", NULL},
	{"description", NULL},
	{NULL, NULL},
};

static const struct narrow narrow[] = {
	{"name", "NAME", CUT_FIRST},
	{"id", "ID", CUT_NEVER},
	{"of_name", "OF", CUT_FIRST},
	{"parent", "PARENT", CUT_NEVER},
	{"size_bytes", "SIZE", CUT_NEVER},
	{"created_at", "AGE", CUT_NEVER},
	{.key = NULL},
};

const struct cmd snapshot_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the snapshots of a node, of a volume, or all",
		.opts = snapshot_list_opts,
		.columns = columns,
		.run = snapshot_list,
	},
	{
		.name = "create",
		.help = "take a snapshot of a node or of a volume",
		.would = "create snapshot %1",
		.more = "The node may be running, and so may the one that has the volume. Without "
			"a "
			"name the snapshot is named after its time.",
		.words = {{.name = "NAME", .optional = true}},
		.opts = create_opts,
		.run = snapshot_create,
	},
	{
		.name = "revert",
		.help = "revert a stopped node to one of its snapshots",
		.would = "revert node %1 to a snapshot",
		.more = "Its changes since then are lost. Without a snapshot it reverts to the "
			"current one.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "SNAPSHOT", .optional = true}},
		.opts = revert_opts,
		.run = snapshot_revert,
	},
	{
		.name = "delete",
		.also = ALSO_DELETE,
		.help = "delete snapshots of volumes, or of a node",
		.would = "delete snapshot %1",
		.more = "A node keeps its present state, and its later snapshots.",
		.words = {{.name = "SNAPSHOT", .complete = COMPLETE_SNAPSHOT, .many = true}},
		.opts = delete_opts,
		.run_each = snapshot_delete,
	},
	{.name = NULL},
};

static void snapshot_add_cells(struct out *out, const struct vbc_snapshot *s)
{
	out_text(out, s->name);
	out_id_or_null(out, s->id);
	out_text(out, s->kind == VBC_SNAPSHOT_KIND_NODE ? "node" : "volume");
	out_id_or_null(out, s->of);
	out_text_or_null(out, s->of_name);
	out_id_or_null(out, s->parent);
	out_time(out, s->created_at_ms);
	out_bytes_or_null(out, s->size_bytes);
	out_bool(out, s->running);
	out_bool(out, s->current);
	out_text(out, s->description);
}

static int snapshot_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_snapshots *snapshots;
	bool all = !args->volume && !args->node;
	int rc =
		all ? vbc_snapshot_list_all(ctx->host, &snapshots, &ctx->err)
		    : vbc_snapshot_list(ctx->host, args->volume, args->node, &snapshots, &ctx->err);

	if (rc)
		return rc;
	out_list(ctx->out, columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < snapshots->n; i++)
		snapshot_add_cells(ctx->out, snapshots->v[i]);
	vbc_snapshots_free(snapshots);
	return 0;
}

static int snapshot_create(struct ctx *ctx, const struct args *args)
{
	struct vbc_snapshot_create_opts opts = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_snapshot *snapshot;

	opts.name = args->n_words ? args->words[0] : NULL;
	opts.description = args->description;
	int rc = vbc_snapshot_create(ctx->host, args->volume, args->node, &opts, &wait, &snapshot,
				     &ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, columns);
	snapshot_add_cells(ctx->out, snapshot);
	vbc_snapshot_free(snapshot);
	return 0;
}

static int snapshot_revert(struct ctx *ctx, const struct args *args)
{
	const char *snapshot = args->n_words > 1 ? args->words[1] : NULL;
	struct vbc_wait wait = begin_wait(args->timeout_s);

	return vbc_snapshot_revert(ctx->host, args->words[0], snapshot, &wait, &ctx->err);
}

static int snapshot_delete(struct ctx *ctx, const struct args *args, const char *name,
			   struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_snapshot_delete(ctx->host, args->node, name, &wait, err);

	if (!rc)
		note("deleted snapshot '%s'", name);
	return rc;
}
