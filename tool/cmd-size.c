/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud size: how many CPUs, how much memory and disk a node can have.
 */
#include "cmd.h"

static int size_list(struct ctx *ctx, const struct args *args);

static const struct column columns[] = {
	{"id", "ID"},
	{"name", NULL},
	{"cpus", "CPUS"},
	{"ram_mb", "RAM (MIB)"},
	{"disk_gb", "DISK (GIB)"},
	{NULL, NULL},
};

const struct cmd size_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the catalogue of sizes",
		.more = "Any id of the form CPUS_cpu-MIB_ram-GIB_disk within the host's limits can "
			"be used as a size, listed or not.",
		.opts = list_opts,
		.columns = columns,
		.run = size_list,
	},
	{.name = NULL},
};

static int size_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_sizes *sizes;
	int rc = vbc_size_list(ctx->host, &sizes, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	for (size_t i = 0; i < sizes->n; i++) {
		/* The placeholder is for programs, which look sizes of nodes up here. */
		if (ctx->format == OUT_TABLE && !sizes->v[i]->id[0])
			continue;
		out_text(ctx->out, sizes->v[i]->id);
		out_text(ctx->out, sizes->v[i]->name);
		out_number_or_null(ctx->out, sizes->v[i]->cpus);
		out_number_or_null(ctx->out, sizes->v[i]->ram_mib);
		out_number_or_null(ctx->out, sizes->v[i]->disk_gib);
	}
	vbc_sizes_free(sizes);
	return 0;
}
