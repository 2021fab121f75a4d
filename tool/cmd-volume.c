/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud volume: disks that live longer than the nodes they are attached to.
 */
#include "cmd.h"
#include "report.h"

static int volume_list(struct ctx *ctx, const struct args *args);
static int volume_show(struct ctx *ctx, const struct args *args);
static int volume_create(struct ctx *ctx, const struct args *args);
static int volume_rename(struct ctx *ctx, const struct args *args);
static int volume_attach(struct ctx *ctx, const struct args *args);
static int volume_detach(struct ctx *ctx, const struct args *args);
static int volume_resize(struct ctx *ctx, const struct args *args);
static int volume_destroy(struct ctx *ctx, const struct args *args, const char *name,
			  struct vbc_error *err);

static const struct opt create_opts[] = {
	{
		.name = "--size",
		.value = "GIB",
		OPT(size_gib),
		.min = 1,
		.help = "its size; with a snapshot or node, by default the size of that",
	},
	{
		.name = "--snapshot",
		.value = "SNAPSHOT",
		OPT(snapshot),
		.complete = COMPLETE_SNAPSHOT,
		.help = "the snapshot of a volume that it starts with; by default it is empty",
	},
	{
		.name = "--node",
		.value = "NODE",
		OPT(node),
		.complete = COMPLETE_NODE,
		.help = "the stopped node whose system disk it starts with",
	},
	{
		.name = "--dynamic",
		OPT(dynamic),
		.help = "take up space on the host as it is written, not all at once",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt resize_opts[] = {
	{
		.name = "--size",
		.value = "GIB",
		OPT(size_gib),
		.min = 1,
		.required = true,
		.help = "the new size; volumes only grow",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct column columns[] = {
	{"name", "NAME"},          {"id", "ID"},       {"size_gb", "GIB"}, {"size_bytes", NULL},
	{"used_bytes", "USED"},    {"dynamic", NULL},  {"node", "NODE"},   {"device", "DEVICE"},
	{"created_at", "CREATED"}, {"snapshot", NULL}, {"location", NULL}, {NULL, NULL},
};

static const struct narrow narrow[] = {
	{"name", "NAME", CUT_FIRST},      {"id", "ID", CUT_NEVER},
	{"size_gb", "GIB", CUT_NEVER},    {"used_bytes", "USED", CUT_NEVER},
	{"node", "NODE", CUT_NEVER},      {"device", "DEVICE", CUT_LAST},
	{"created_at", "AGE", CUT_NEVER}, {.key = NULL},
};

const struct cmd volume_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the volumes",
		.opts = list_opts,
		.columns = columns,
		.run = volume_list,
	},
	{
		.name = "show",
		.help = "show all that is known about a volume",
		.words = {{.name = "VOLUME", .complete = COMPLETE_VOLUME}},
		.run = volume_show,
	},
	{
		.name = "create",
		.help = "make a new volume",
		.would = "create volume %1",
		.more = "It is attached to no node, and needs --size, --snapshot or --node.",
		.words = {{.name = "NAME"}},
		.opts = create_opts,
		.run = volume_create,
	},
	{
		.name = "rename",
		.help = "rename a volume, which may be in use",
		.would = "rename volume %1 to %2",
		.words = {{.name = "VOLUME", .complete = COMPLETE_VOLUME}, {.name = "NAME"}},
		.run = volume_rename,
	},
	{
		.name = "attach",
		.help = "attach a volume to a node, which may be running",
		.would = "attach volume %1 to node %2",
		.words = {{.name = "VOLUME", .complete = COMPLETE_VOLUME},
			  {.name = "NODE", .complete = COMPLETE_NODE}},
		.run = volume_attach,
	},
	{
		.name = "detach",
		.help = "detach a volume from its node, which may be running",
		.would = "detach volume %1",
		.more = "The guest should have unmounted it.",
		.words = {{.name = "VOLUME", .complete = COMPLETE_VOLUME}},
		.run = volume_detach,
	},
	{
		.name = "resize",
		.help = "grow a volume",
		.would = "grow volume %1",
		.more = "It must not be attached to a running node.",
		.words = {{.name = "VOLUME", .complete = COMPLETE_VOLUME}},
		.opts = resize_opts,
		.run = volume_resize,
	},
	{
		.name = "destroy",
		.also = ALSO_DESTROY,
		.help = "destroy volumes and all that is on them",
		.would = "destroy volume %1",
		.words = {{.name = "VOLUME", .complete = COMPLETE_VOLUME, .many = true}},
		.run_each = volume_destroy,
	},
	{.name = NULL},
};

static void volume_add_cells(struct out *out, const struct vbc_volume *volume)
{
	out_text(out, volume->name);
	out_id_or_null(out, volume->id);
	out_number_or_null(out, volume->size_gib);
	out_bytes_or_null(out, volume->size_bytes);
	out_bytes_or_null(out, volume->used_bytes);
	if (volume->size_bytes)
		out_bool(out, volume->dynamic);
	else
		out_null(out);
	out_id_or_null(out, volume->node);
	out_text_or_null(out, volume->device);
	out_time(out, volume->created_at_ms);
	out_id_or_null(out, volume->snapshot);
	out_text(out, volume->location);
}

static int volume_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_volumes *volumes;
	int rc = vbc_volume_list(ctx->host, &volumes, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < volumes->n; i++)
		volume_add_cells(ctx->out, volumes->v[i]);
	vbc_volumes_free(volumes);
	return 0;
}

static int volume_show(struct ctx *ctx, const struct args *args)
{
	struct vbc_volume *volume;
	int rc = vbc_volume_get(ctx->host, args->words[0], &volume, &ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, columns);
	volume_add_cells(ctx->out, volume);
	vbc_volume_free(volume);
	return 0;
}

static int volume_create(struct ctx *ctx, const struct args *args)
{
	struct vbc_volume_create_opts opts = VBC_VOLUME_CREATE_OPTS_INIT;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_volume *volume;

	opts.size_gib = args->size_gib;
	opts.snapshot = args->snapshot;
	opts.dynamic = args->dynamic;
	opts.node = args->node;
	int rc = vbc_volume_create(ctx->host, args->words[0], &opts, &wait, &volume, &ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, columns);
	volume_add_cells(ctx->out, volume);
	vbc_volume_free(volume);
	return 0;
}

static int volume_rename(struct ctx *ctx, const struct args *args)
{
	return vbc_volume_rename(ctx->host, args->words[0], args->words[1], &brief_wait, &ctx->err);
}

static int volume_attach(struct ctx *ctx, const struct args *args)
{
	return vbc_volume_attach(ctx->host, args->words[0], args->words[1], NULL, &brief_wait,
				 &ctx->err);
}

static int volume_detach(struct ctx *ctx, const struct args *args)
{
	return vbc_volume_detach(ctx->host, args->words[0], NULL, &brief_wait, &ctx->err);
}

static int volume_resize(struct ctx *ctx, const struct args *args)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);

	return vbc_volume_resize(ctx->host, args->words[0], args->size_gib, &wait, &ctx->err);
}

static int volume_destroy(struct ctx *ctx, const struct args *args, const char *name,
			  struct vbc_error *err)
{
	int rc = vbc_volume_destroy(ctx->host, name, &brief_wait, err);

	(void)args;
	if (!rc)
		note("destroyed volume '%s'", name);
	return rc;
}
