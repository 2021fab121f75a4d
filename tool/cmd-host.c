/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud host: what a host is, and whether it can be used.
 */
#include "cmd-host.h"
#include "fleet-list.h"
#include "hint.h"
#include "report.h"
#include "util.h"

static int host_show(struct ctx *ctx, const struct args *args);
static int host_check(struct ctx *ctx, const struct args *args);
static int host_check_fleet(struct ctx *ctx, const struct args *args);

/* One that has a head is in the table of several hosts. */
static const struct column info_columns[] = {
	{"url", NULL},
	{"version", "VERSION"},
	{"api_version", NULL},
	{"os", "OS"},
	{"cpus", "CPUS"},
	{"memory_mb", "MEMORY"},
	{"memory_available_mb", "FREE"},
	{"machine_folder", "FOLDER"},
	{"images_folder", NULL},
	{"volumes_folder", NULL},
	{"snapshots_folder", NULL},
	{"cordoned", "CORDONED"},
	{"cordoned_at", NULL},
	{NULL, NULL},
};

static const struct column finding_columns[] = {
	{"number", "NO"},  {"level", "LEVEL"}, {"subject", "SUBJECT"},
	{"text", "FOUND"}, {"cure", "CURE"},   {NULL, NULL},
};

static const struct column *info_list_columns(void)
{
	return info_columns;
}

static const struct column *finding_list_columns(void)
{
	return finding_columns;
}

const struct cmd host_cmds[] = {
	{
		.name = "show",
		.help = "show the host's VirtualBox release, CPUs, memory and folders",
		.run = host_show,
		.fleet_columns = info_list_columns,
	},
	{
		.name = "check",
		.help = "check whether the host can be used, with causes and remedies",
		.more = "The exit status is 4 when the host cannot be reached or logged on to, 1 "
			"when "
			"there are other errors, 0 when there are at most warnings.",
		.run = host_check,
		.fleet_columns = finding_list_columns,
		.run_fleet = host_check_fleet,
	},
	{
		.name = "add",
		.help = "add a host to the configuration, and check it",
		.would = "add host %1 to the configuration",
		.more = "On a terminal it asks for the user and the file with the password, and "
			"shows the certificate of an https host if no trusted authority has signed "
			"it: with your consent that certificate is trusted from then on, and no "
			"other. Otherwise --fingerprint says which one is meant. A host that "
			"cannot be used is added only if you say so, or with --yes. The first host "
			"is the default.",
		.words = {{.name = "NAME"}, {.name = "URL"}},
		.opts = host_add_opts,
		.no_host = true,
		.run = host_add,
	},
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the hosts of the configuration",
		.more = "No host is asked anything, but with --status.",
		.opts = host_list_opts,
		.columns = configured_columns,
		.no_host = true,
		.run = host_list,
	},
	{
		.name = "cordon",
		.help = "have nothing new placed on hosts",
		.would = "cordon host %1",
		.more = "What chooses a host for new nodes leaves it out, for every client: it is "
			"kept on the host. Its nodes run on, and whoever names the host can make "
			"nodes there.",
		.words = {{.name = "NAME", .complete = COMPLETE_HOST, .many = true}},
		.no_host = true,
		.run_each = host_cordon,
	},
	{
		.name = "uncordon",
		.help = "have new nodes placed on hosts again",
		.would = "uncordon host %1",
		.words = {{.name = "NAME", .complete = COMPLETE_HOST, .many = true}},
		.no_host = true,
		.run_each = host_uncordon,
	},
	{
		.name = "remove",
		.also = ALSO_DESTROY,
		.help = "remove hosts from the configuration",
		.would = "remove host %1 from the configuration",
		.more = "Nothing is done on the host, and its password file stays.",
		.words = {{.name = "NAME", .complete = COMPLETE_HOST, .many = true}},
		.no_host = true,
		.run_each = host_remove,
	},
	{
		.name = "use",
		.help = "make a host or a fleet the default, for commands without --host",
		.would = "make %1 the default",
		.words = {{.name = "NAME", .complete = COMPLETE_DEFAULT}},
		.no_host = true,
		.run = host_use,
	},
	{.name = NULL},
};

static int host_show(struct ctx *ctx, const struct args *args)
{
	struct vbc_host_info *info;
	int rc = vbc_host_show(ctx->host, &info, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_object(ctx->out, info_columns);
	out_text(ctx->out, info->url);
	out_text(ctx->out, info->version);
	out_text(ctx->out, info->api_version);
	out_text(ctx->out, info->os);
	out_number(ctx->out, info->cpus);
	out_number(ctx->out, info->memory_mib);
	out_number(ctx->out, info->memory_available_mib);
	out_text(ctx->out, info->machine_folder);
	out_text(ctx->out, info->images_folder);
	out_text(ctx->out, info->volumes_folder);
	out_text(ctx->out, info->snapshots_folder);
	out_bool(ctx->out, info->cordoned);
	out_time(ctx->out, info->cordoned_at_ms);
	vbc_host_info_free(info);
	return 0;
}

static const char *finding_level_name(enum vbc_finding_level level)
{
	static const char *const names[] = {
		[VBC_FINDING_LEVEL_OK] = "ok",
		[VBC_FINDING_LEVEL_WARNING] = "warning",
		[VBC_FINDING_LEVEL_ERROR] = "error",
	};

	return names[level];
}

/* Without a connection (finding 1) or a logon (2) nothing else can be done with the host. */
static int finding_status(const struct vbc_finding *finding)
{
	if (finding->level != VBC_FINDING_LEVEL_ERROR)
		return EXIT_DONE;
	return finding->number <= 2 ? EXIT_NO_HOST : EXIT_FAILED;
}

/* Whoever begins has no host yet, and none was meant by the one that was tried. */
static void host_tell_beginning(const struct ctx *ctx)
{
	note("no host is configured, and no usable host answers at %s", ctx->url);
	note("to begin with VirtualBox on this machine: VBoxManage setproperty websrvauthlibrary "
	     "null && vboxwebsrv -H 127.0.0.1");
	note("to begin with a host where vboxwebsrv runs: vboxcloud host add NAME URL");
}

/* A table has the cure in the same column. */
static void finding_add_text(struct out *out, const struct vbc_finding *finding)
{
	const char *cure = hint_text(finding->hint);
	char *both FREE = *cure ? format("%s; %s", finding->text, cure) : NULL;

	out_text(out, finding->text);
	if (both)
		out_brief(out, both);
}

static int host_check(struct ctx *ctx, const struct args *args)
{
	static const struct narrow narrow[] = {
		{"number", "NO", CUT_NEVER},
		{"level", "LEVEL", CUT_NEVER},
		{"subject", "SUBJECT", CUT_NEVER},
		{"text", "FOUND", WRAP},
		{.key = NULL},
	};
	struct vbc_findings *findings;
	int rc = vbc_host_check(ctx->host, &findings, &ctx->err);

	if (rc)
		return rc;
	out_list(ctx->out, finding_columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < findings->n; i++) {
		const struct vbc_finding *finding = findings->v[i];
		int status = finding_status(finding);

		ctx->status = status > ctx->status ? status : ctx->status;
		out_number(ctx->out, finding->number);
		out_text(ctx->out, finding_level_name(finding->level));
		out_text(ctx->out, finding->subject);
		finding_add_text(ctx->out, finding);
		out_text(ctx->out, hint_text(finding->hint));
	}
	if (findings->n == 1 && findings->v[0]->number == 1 && ctx->status == EXIT_NO_HOST &&
	    config_says_nothing(args->host))
		host_tell_beginning(ctx);
	vbc_findings_free(findings);
	return 0;
}

/* One of which nothing could be found out is one that cannot be used. */
static int host_check_fleet(struct ctx *ctx, const struct args *args)
{
	struct args strict = *args;

	strict.strict = true;
	return fleet_list_run(host_check, ctx, &strict);
}
