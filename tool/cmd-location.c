/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud location: a host is one location.
 */
#include "cmd.h"

static int location_list(struct ctx *ctx, const struct args *args);

static const struct column columns[] = {
	{"id", "ID"}, {"name", "NAME"}, {"host", "HOST"}, {"version", "VERSION"}, {NULL, NULL},
};

const struct cmd location_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the locations: the host itself, or each of several",
		.opts = list_opts,
		.columns = columns,
		.run = location_list,
	},
	{.name = NULL},
};

static int location_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_locations *locations;
	int rc = vbc_location_list(ctx->host, &locations, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	for (size_t i = 0; i < locations->n; i++) {
		out_text(ctx->out, ctx->member ? ctx->member : locations->v[i]->id);
		out_text(ctx->out, ctx->member ? ctx->member : locations->v[i]->name);
		out_text(ctx->out, locations->v[i]->host);
		out_text(ctx->out, locations->v[i]->version);
	}
	vbc_locations_free(locations);
	return 0;
}
