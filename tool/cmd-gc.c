/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud gc: removes what killed programs left on a host.
 */
#include "cmd.h"
#include "report.h"

static int gc_collect(struct ctx *ctx, const struct args *args);

static const struct column leftover_columns[] = {
	{"kind", "KIND"},
	{"id", "ID"},
	{"text", "LEFTOVER"},
	{NULL, NULL},
};

static const struct column *leftover_list_columns(void)
{
	return leftover_columns;
}

static const struct opt gc_opts[] = {
	{
		.name = "--dry-run",
		OPT(dry_run),
		.help = "only show what would be removed",
	},
	{
		.name = "--force",
		OPT(force),
		.help = "also remove what VirtualBox's service crashed on before",
	},
	{.name = NULL},
};

const struct cmd gc_cmds[] = {
	{
		.name = "",
		.help = "remove what interrupted commands left on the host",
		.more = "Lists what it removed. Work still in progress and everything that belongs "
			"to other tools is left alone.",
		.opts = gc_opts,
		.run = gc_collect,
		.fleet_columns = leftover_list_columns,
		.fleet_timeout_s = 600,
	},
	{.name = NULL},
};

static int gc_collect(struct ctx *ctx, const struct args *args)
{
	static const struct narrow narrow[] = {
		{"kind", "KIND", CUT_NEVER},
		{"id", "ID", CUT_FIRST},
		{"text", "LEFTOVER", WRAP},
		{.key = NULL},
	};
	struct vbc_gc_opts opts = VBC_GC_OPTS_INIT;
	struct vbc_leftovers *leftovers;
	int rc;

	opts.dry_run = args->dry_run;
	opts.force = args->force;
	rc = vbc_gc(ctx->host, &opts, &brief_wait, &leftovers, &ctx->err);
	if (rc)
		return rc;
	out_list(ctx->out, leftover_columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < leftovers->n; i++) {
		out_text(ctx->out, leftovers->v[i]->kind);
		out_text(ctx->out, leftovers->v[i]->id);
		out_text(ctx->out, leftovers->v[i]->text);
	}
	vbc_leftovers_free(leftovers);
	return 0;
}
