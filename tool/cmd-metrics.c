/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud metrics: what the host and its nodes use, for Prometheus.
 */
#include <stdlib.h>

#include "cmd.h"
#include "file.h"
#include "metrics-text.h"
#include "report.h"
#include "util.h"

static int metrics_run(struct ctx *ctx, const struct args *args);

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
			"'vboxcloud_up 0', and the exit status is 4.",
		.opts = metrics_opts,
		.run = metrics_run,
	},
	{.name = NULL},
};

/* What Prometheus calls an instance: NAME:PORT. */
static const char *url_instance(const char *url)
{
	const char *scheme = strstr(url, "://");

	return scheme ? scheme + 3 : url;
}

static int metrics_ask(struct ctx *ctx, const struct args *args, FILE *to)
{
	struct vbc_metrics_opts opts = VBC_METRICS_OPTS_INIT;
	struct vbc_metrics *metrics = NULL;
	struct vbc_nodes *nodes = NULL;
	int rc;

	opts.detailed = args->detailed;
	rc = vbc_metrics_get(ctx->host, &opts, &metrics, &ctx->err);
	if (!rc)
		rc = vbc_node_list(ctx->host, VBC_NODE_FIELD_NAME | VBC_NODE_FIELD_SIZE, &nodes,
				   &ctx->err);
	if (!rc)
		metrics_text(to, url_instance(ctx->url), metrics, nodes);
	vbc_metrics_free(metrics);
	vbc_nodes_free(nodes);
	return rc;
}

/* That a host is away is a metric, too. */
static int metrics_ask_or_down(struct ctx *ctx, const struct args *args, FILE *to)
{
	int rc = metrics_ask(ctx, args, to);

	if (exit_status(rc) != EXIT_NO_HOST && rc != VBC_E_TIMEOUT)
		return rc;
	metrics_text_down(to, url_instance(ctx->url));
	report_error(&ctx->err);
	ctx->status = exit_status(rc);
	return 0;
}

static int metrics_run(struct ctx *ctx, const struct args *args)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = must(open_memstream(&text, &size));
	int rc = metrics_ask_or_down(ctx, args, to);

	fclose(to);
	must(text);
	if (!rc && !args->textfile) {
		out_lines(ctx->out, text, size);
		return 0;
	}
	if (!rc)
		rc = write_file(args->textfile, text, size, &ctx->err);
	free(text);
	return rc;
}
