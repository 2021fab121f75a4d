/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <stdlib.h>

#include "config-fleet.h"
#include "connect.h"
#include "report.h"
#include "tags.h"
#include "util.h"

struct place {
	struct vbc_placement_opts opts; /* points at what follows */
	struct vbc_placement_host *hosts;
	struct vbc_tag **tags; /* [n] their labels */
	struct labels *labels; /* [n] as they were written */
	char **names, **jumps; /* [n] */
	size_t n;
	struct tag_list where, near, apart;
};

/* As tags are written; without a value, any is meant. */
static void tags_take(struct tag_list *to, const struct texts *given)
{
	*to = tag_list_read(given);
	for (size_t i = 0; i < to->n; i++)
		if (!strchr(given->v[i], '='))
			to->v[i].value = NULL;
}

/* The configuration was checked when it was read. */
static void host_take_labels(struct place *place, size_t i, const char *text)
{
	struct labels *labels = &place->labels[i];

	if (text)
		free(config_labels_read(text, labels));
	place->tags[i] = must(calloc(labels->n + 1, sizeof(*place->tags[i])));
	for (size_t k = 0; k < labels->n; k++)
		place->tags[i][k] = (struct vbc_tag){labels->v[k].key, labels->v[k].value};
	place->hosts[i].labels = place->tags[i];
	place->hosts[i].n_labels = labels->n;
}

static void place_take_host(struct place *place, struct named_target *target)
{
	size_t i = place->n++;

	place->names[i] = must(strdup(target->name));
	place->jumps[i] = target->target.ssh;
	target->target.ssh = NULL;
	place->hosts[i].host = place->names[i];
	place->hosts[i].overcommit = target->overcommit;
	host_take_labels(place, i, target->labels);
}

static struct place *place_new(const struct args *args, struct targets *targets)
{
	struct place *place = must(calloc(1, sizeof(*place)));
	size_t n = targets->n;

	place->opts = (struct vbc_placement_opts)VBC_PLACEMENT_OPTS_INIT;
	place->hosts = must(calloc(n, sizeof(*place->hosts)));
	place->tags = must(calloc(n, sizeof(struct vbc_tag *)));
	place->labels = must(calloc(n, sizeof(*place->labels)));
	place->names = must(calloc(n, sizeof(*place->names)));
	place->jumps = must(calloc(n, sizeof(*place->jumps)));
	for (size_t i = 0; i < n; i++)
		place_take_host(place, &targets->v[i]);
	tags_take(&place->where, &args->where);
	tags_take(&place->near, &args->affinity);
	tags_take(&place->apart, &args->anti_affinity);
	place->opts.strategy = args->pack || (targets->packs && !args->spread)
				       ? VBC_PLACEMENT_STRATEGY_PACK
				       : VBC_PLACEMENT_STRATEGY_SPREAD;
	place->opts.hosts = place->hosts;
	place->opts.n_hosts = n;
	place->opts.where = place->where.v;
	place->opts.n_where = place->where.n;
	place->opts.near_tags = place->near.v;
	place->opts.n_near_tags = place->near.n;
	place->opts.apart_tags = place->apart.v;
	place->opts.n_apart_tags = place->apart.n;
	return place;
}

void place_free(struct place *place)
{
	if (!place)
		return;
	for (size_t i = 0; i < place->n; i++) {
		free(place->names[i]);
		free(place->jumps[i]);
		free(place->tags[i]);
		labels_done(&place->labels[i]);
	}
	free(place->names);
	free(place->jumps);
	free(place->tags);
	free(place->labels);
	free(place->hosts);
	tag_list_done(&place->where);
	tag_list_done(&place->near);
	tag_list_done(&place->apart);
	free(place);
}

int place_begin(struct ctx *ctx, const struct args *args, struct targets *targets)
{
	if (args->spread && args->pack)
		return fail(&ctx->err, VBC_E_ARG,
			    "'--spread' cannot be used with '--pack': omit one of them");
	ctx->place = place_new(args, targets);
	return connect_fleet(ctx, args, targets);
}

int place_check_single(const struct args *args, struct vbc_error *err)
{
	const char *what = args->where.n           ? "--where"
			   : args->affinity.n      ? "--affinity"
			   : args->anti_affinity.n ? "--anti-affinity"
			   : args->spread          ? "--spread"
			   : args->pack            ? "--pack"
						   : NULL;

	return what ? fail(err, VBC_E_ARG,
			   "'%s' chooses one of several hosts: give these, like '--host all'", what)
		    : 0;
}

const struct vbc_placement_opts *place_opts(const struct place *place)
{
	return &place->opts;
}

static void rows_warn(const struct ctx *ctx, struct vbc_placement *placement)
{
	for (size_t i = 0; i < placement->n; i++) {
		const struct vbc_error *why = members_why_not(ctx->members, i);

		if (placement->v[i]->reason == VBC_PLACEMENT_REASON_FAILED)
			report_failure(placement->v[i]->host, why ? why : &placement->v[i]->error);
	}
}

int place_find(struct ctx *ctx, const struct vbc_node_create_opts *node, unsigned count,
	       struct vbc_placement **ret)
{
	struct vbc_placement_opts opts = ctx->place->opts;

	opts.count = count;
	int rc = vbc_fleet_place(ctx->fleet, node, &opts, ret, &ctx->err);

	if (!rc)
		rows_warn(ctx, *ret);
	return rc;
}

struct ctx place_on(const struct ctx *ctx, size_t host)
{
	struct ctx on = *ctx;

	on.host = vbc_fleet_host(ctx->fleet, host);
	on.jump = ctx->place->jumps[host];
	on.member = vbc_fleet_name(ctx->fleet, host);
	return on;
}

void place_enter(struct ctx *ctx, size_t host)
{
	const char *jump = ctx->place->jumps[host];

	free(ctx->jump);
	free(ctx->url);
	ctx->host = vbc_fleet_host(ctx->fleet, host);
	ctx->member = vbc_fleet_name(ctx->fleet, host);
	ctx->url = must(strdup(ctx->member));
	ctx->jump = jump ? must(strdup(jump)) : NULL;
}

static const struct column place_columns[] = {
	{"host", "HOST"},
	{"rank", "RANK"},
	{"fits", NULL},
	{"reason", NULL},
	{"why", "WHY NOT"},
	{"memory_free_mb", "MIB FREE"},
	{"cpus_free", "CPUS FREE"},
	{"disk_free", "DISK FREE"},
	{"nodes", "NODES"},
	{"image", "IMAGE"},
	{NULL, NULL},
};

static void row_show_known(struct out *out, const struct vbc_placement_row *row)
{
	out_number(out, row->memory_free_mib);
	out_number(out, row->cpus_free);
	if (row->disk_free_bytes < 0)
		out_null(out);
	else
		out_bytes(out, (uint64_t)row->disk_free_bytes);
	out_number(out, row->n_machines);
	out_bool(out, row->has_image);
}

void place_show(struct ctx *ctx, const struct vbc_placement *placement)
{
	struct out *out = ctx->out;

	out_list(out, place_columns);
	for (size_t i = 0; i < placement->n; i++) {
		const struct vbc_placement_row *row = placement->v[i];

		out_text(out, row->host);
		out_number_or_null(out, row->rank);
		out_bool(out, row->reason == VBC_PLACEMENT_REASON_FITS);
		out_text(out, vbc_placement_reason_name(row->reason));
		out_text_or_null(out, row->text);
		if (row->is_known)
			row_show_known(out, row);
		for (size_t k = 0; !row->is_known && k < 5; k++)
			out_null(out);
	}
}
