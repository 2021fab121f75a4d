/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud metrics: what the host and its nodes use, for Prometheus.
 */
#include <stdlib.h>

#include "cmd.h"
#include "connect.h"
#include "file.h"
#include "metrics-text.h"
#include "report.h"
#include "util.h"

static int metrics_run(struct ctx *ctx, const struct args *args);
static int metrics_run_fleet(struct ctx *ctx, const struct args *args);

static const struct opt metrics_opts[] = {
	{
		.name = "--textfile",
		.value = "PATH",
		OPT(textfile),
		.complete = COMPLETE_FILE,
		.help = "write them to this file, for node_exporter's textfile collector",
	},
	{
		.name = "--detailed",
		OPT(detailed),
		.help = "also what each node has sent, received, read and written",
	},
	{.name = NULL},
};

const struct cmd metrics_cmds[] = {
	{
		.name = "",
		.help = "print what the host and its nodes use, in Prometheus' text format",
		.more = "The first time, VirtualBox starts to collect the figures, which takes "
			"some seconds. For a host that does not answer the output has "
			"'vboxcloud_up 0', and the exit status is 4; of several hosts, the figures "
			"of the others are printed as well, and the exit status is 0.",
		.opts = metrics_opts,
		.run = metrics_run,
		.run_fleet = metrics_run_fleet,
		.fleet_timeout_s = 15,
	},
	{.name = NULL},
};

/* What Prometheus calls an instance: NAME:PORT. */
static const char *url_instance(const char *url)
{
	const char *scheme = strstr(url, "://");

	return scheme ? scheme + 3 : url;
}

static int metrics_ask(struct vbc_host *host, bool detailed, struct metrics_of *of,
		       struct vbc_error *err)
{
	struct vbc_metrics_opts opts = VBC_METRICS_OPTS_INIT;
	int rc;

	opts.detailed = detailed;
	rc = vbc_metrics_get(host, &opts, &of->metrics, err);
	if (!rc)
		rc = vbc_node_list(host, VBC_NODE_FIELD_NAME | VBC_NODE_FIELD_SIZE, &of->nodes,
				   err);
	if (!rc)
		return 0;
	vbc_metrics_free(of->metrics);
	of->metrics = NULL;
	return rc;
}

/* Writes all of it, and frees it. */
static int metrics_put(struct ctx *ctx, const struct args *args, struct metrics_of *v, size_t n)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = must(open_memstream(&text, &size));
	int rc;

	metrics_text(to, v, n);
	fclose(to);
	must(text);
	for (size_t i = 0; i < n; i++) {
		vbc_metrics_free(v[i].metrics);
		vbc_nodes_free(v[i].nodes);
	}
	if (!args->textfile) {
		out_lines(ctx->out, text, size);
		return 0;
	}
	rc = write_file(args->textfile, text, size, &ctx->err);
	free(text);
	return rc;
}

/* That a host is away is a metric, too. */
static int metrics_run(struct ctx *ctx, const struct args *args)
{
	struct metrics_of of = {.host = url_instance(ctx->url)};
	int rc = metrics_ask(ctx->host, args->detailed, &of, &ctx->err);

	if (rc && exit_status(rc) != EXIT_NO_HOST && rc != VBC_E_TIMEOUT)
		return rc;
	if (rc)
		report_error(&ctx->err);
	ctx->status = exit_status(rc);
	return metrics_put(ctx, args, &of, 1);
}

/* What all hosts are asked, and what each says. */
struct metrics_round {
	struct metrics_of *v;
	bool detailed;
};

static int metrics_ask_one(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	const struct metrics_round *round = data;

	return metrics_ask(host, round->detailed, &round->v[number], err);
}

/* A host that is away is one whose 'up' is 0, and the others' figures are there all the same. */
static int metrics_run_fleet(struct ctx *ctx, const struct args *args)
{
	size_t n = vbc_fleet_count(ctx->fleet);
	struct metrics_of *v FREE = must(calloc(n, sizeof(*v)));
	struct metrics_round round = {v, args->detailed};
	struct vbc_fleet_failures *failures;
	int rc;

	for (size_t i = 0; i < n; i++)
		v[i].host = vbc_fleet_name(ctx->fleet, i);
	rc = vbc_fleet_each(ctx->fleet, metrics_ask_one, &round, &failures, &ctx->err);
	if (rc)
		return rc;
	for (size_t i = 0; i < failures->n; i++)
		report_failure(failures->v[i]->host,
			       members_find_why(ctx->members, failures->v[i]));
	if (failures->n == n || (failures->n && args->strict))
		ctx->status = EXIT_NO_HOST;
	vbc_fleet_failures_free(failures);
	return metrics_put(ctx, args, v, n);
}
