/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet-list.h"

#include <stdlib.h>

#include "connect.h"
#include "out-cells.h"
#include "report.h"
#include "util.h"

/* A list that is being made on all hosts, each of which has a context of its own. */
struct listing {
	int (*run)(struct ctx *ctx, const struct args *args);
	const struct args *args;
	const struct members *members;
	struct ctx *parts;
};

static int listing_ask(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	const struct listing *listing = data;
	const struct vbc_error *why_not = members_why_not(listing->members, number);
	struct ctx *ctx = &listing->parts[number];
	int rc;

	if (why_not) {
		*err = *why_not;
		return err->code;
	}
	ctx->host = host;
	ctx->url = must(strdup(vbc_host_url(host)));
	rc = listing->run(ctx, listing->args);
	ctx->host = NULL; /* it ends here */
	*err = ctx->err;
	return rc;
}

static void listing_begin(struct listing *listing, const struct ctx *ctx)
{
	size_t n = vbc_fleet_count(ctx->fleet);

	listing->parts = must(calloc(n, sizeof(*listing->parts)));
	for (size_t i = 0; i < n; i++)
		listing->parts[i] = (struct ctx){.format = ctx->format,
						 .member = vbc_fleet_name(ctx->fleet, i),
						 .out = out_new(ctx->format)};
}

static void listing_done(struct listing *listing, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		out_free(listing->parts[i].out);
		free(listing->parts[i].url);
	}
	free(listing->parts);
}

void fleet_list_begin(struct ctx *ctx, const struct out *rows)
{
	out_list(ctx->out, ctx->list.columns);
	if (rows->narrow)
		out_narrow(ctx->out, ctx->narrow = narrow_with_host(rows->narrow));
}

/* The rows of all hosts that answered, in the order of the hosts. */
static void listing_merge(struct listing *listing, struct ctx *ctx)
{
	bool begun = false;

	for (size_t i = 0; i < vbc_fleet_count(ctx->fleet); i++) {
		struct ctx *part = &listing->parts[i];

		if (part->err.code || !part->out->n_columns)
			continue;
		if (!begun)
			fleet_list_begin(ctx, part->out);
		begun = true;
		out_take_rows(ctx->out, part->out, part->member);
		if (part->status > ctx->status)
			ctx->status = part->status;
	}
}

static bool code_is_away(int code)
{
	return exit_status(code) == EXIT_NO_HOST || code == VBC_E_TIMEOUT;
}

/* Of hosts that all failed. */
static int failures_judge(const struct members *members, const struct vbc_fleet_failures *failures,
			  struct vbc_error *err)
{
	const char *many = failures->n == 1 ? "" : "s";

	for (size_t i = 0; i < failures->n; i++) {
		int code = members_find_why(members, failures->v[i])->code;

		if (!code_is_away(code))
			return fail(err, code, "none of %zu host%s could make the list",
				    failures->n, many);
	}
	return fail(err, VBC_E_CONNECT, "none of %zu host%s answered", failures->n, many);
}

int fleet_failures_judge(struct ctx *ctx, const struct vbc_fleet *fleet, const struct args *args,
			 const struct vbc_fleet_failures *failures)
{
	for (size_t i = 0; i < failures->n; i++)
		report_failure(failures->v[i]->host,
			       members_find_why(ctx->members, failures->v[i]));
	if (failures->n == vbc_fleet_count(fleet))
		return failures_judge(ctx->members, failures, &ctx->err);
	if (failures->n && args->strict)
		ctx->status = EXIT_NO_HOST;
	return 0;
}

int fleet_list_judge(struct ctx *ctx, const struct args *args,
		     const struct vbc_fleet_failures *failures)
{
	return fleet_failures_judge(ctx, ctx->fleet, args, failures);
}

int fleet_list_run(int (*run)(struct ctx *ctx, const struct args *args), struct ctx *ctx,
		   const struct args *args)
{
	struct listing listing = {.run = run, .args = args, .members = ctx->members};
	struct vbc_fleet_failures *failures;

	listing_begin(&listing, ctx);
	int rc = vbc_fleet_each(ctx->fleet, listing_ask, &listing, &failures, &ctx->err);

	if (!rc) {
		listing_merge(&listing, ctx);
		rc = fleet_list_judge(ctx, args, failures);
		vbc_fleet_failures_free(failures);
	}
	listing_done(&listing, vbc_fleet_count(ctx->fleet));
	return rc;
}

int fleet_list(const struct cmd *cmd, struct ctx *ctx, const struct args *args)
{
	return cmd->run_fleet ? cmd->run_fleet(ctx, args) : fleet_list_run(cmd->run, ctx, args);
}
