/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The command vboxcloud: the tables of nouns and global options, and the way from a command line
 * to an exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "connect.h"
#include "fleet-find.h"
#include "fleet-list.h"
#include "help.h"
#include "meter.h"
#include "place.h"
#include "report.h"
#include "terminal.h"
#include "text.h"
#include "util.h"
#include "would.h"

const struct noun nouns[] = {
	{"launch", "From nothing to a node that can be logged in to.", launch_cmds},
	{"host", "A host: one VirtualBox and its web service.", host_cmds},
	{"location", "Locations: a host is one.", location_cmds},
	{"size", "Sizes: CPUs, memory and disk of a node.", size_cmds},
	{"image", "Images: the disks that nodes are made from.", image_cmds},
	{"node", "Nodes: virtual machines.", node_cmds},
	{"volume", "Volumes: disks that live longer than nodes.", volume_cmds},
	{"snapshot", "Snapshots of volumes and of nodes.", snapshot_cmds},
	{"network", "Networks: what nodes are attached to.", network_cmds},
	{"forward", "Ports of the host that are forwarded to nodes.", forward_cmds},
	{"key", "Key pairs: public SSH keys for new nodes.", key_cmds},
	{"gc", "Leftovers of interrupted commands.", gc_cmds},
	{"metrics", "Metrics: what a host and its nodes use.", metrics_cmds},
	{"watch", "Events: what happens on a host.", watch_cmds},
	{"api", "VirtualBox's own calls.", api_cmds},
	{NULL, NULL, NULL},
};

static const struct choice formats[] = {
	{"table", OUT_TABLE},
	{"json", OUT_JSON},
	{"tsv", OUT_TSV},
	{NULL, 0},
};

const struct opt global_opts[] = {
	{
		.name = "--host",
		.value = "URL|NAME",
		OPT(host),
		.complete = COMPLETE_HOSTS,
		.help = "the host: a URL, NAME:PORT, or a name from the configuration; or several: "
			"a fleet, all, or NAME,NAME",
	},
	{
		.name = "--host-timeout",
		.value = "S",
		OPT(host_timeout_s),
		.min = 1,
		.help = "with several hosts, wait S seconds for each; 5 by default",
	},
	{
		.name = "--strict",
		OPT(strict),
		.help = "with several hosts, exit with status 4 if one does not answer",
	},
	{
		.name = "--output",
		.letter = 'o',
		.value = "FORMAT",
		OPT_ONE_OF(output, formats),
		.help = "table, json or tsv",
	},
	{.name = "--quiet", OPT(quiet), .help = "print no notes and no progress"},
	{.name = "--verbose",
	 OPT(verbose),
	 .help = "print the trace of calls, and details of errors"},
	{.name = "--help", .letter = 'h', OPT(help), .help = "print this help"},
	{.name = "--version", OPT(version), .help = "print the version"},
	{.name = NULL},
};

const struct opt change_opts[] = {
	{.name = "--dry-run",
	 OPT(pretend),
	 .help = "change nothing: check what can be checked, and say what would be done"},
	{.name = NULL},
};

/* Of a word that is given twice the second has nothing left to do, or would do it twice. */
static bool word_was_named(const struct ctx *ctx, const struct args *args, size_t at)
{
	const size_t *hosts = ctx->spread ? ctx->spread->hosts : NULL;

	for (size_t i = 0; i < at; i++)
		if (streq(args->words[i], args->words[at]) && (!hosts || hosts[i] == hosts[at]))
			return true;
	return false;
}

/* Returns 0 or a code of enum vbc_code; what went wrong was reported. */
static int cmd_run_word(const struct cmd *cmd, struct ctx *ctx, const struct args *args, size_t i)
{
	struct vbc_error err = {0};
	int rc;

	if (ctx->spread && ctx->spread->lost[ctx->spread->hosts[i]]) {
		rc = fail(&err, VBC_E_CONNECT,
			  "'%s' was not tried, as the host could not be used before",
			  args->words[i]);
	} else {
		if (ctx->spread)
			spread_enter(ctx, ctx->spread->hosts[i]);
		rc = cmd->run_each(ctx, args, args->words[i], &err);
	}
	if (rc == VBC_E_DRY_RUN)
		would_note(cmd, args, args->words[i]);
	if (!rc || rc == VBC_E_DRY_RUN)
		return 0;
	if (ctx->spread)
		report_error_on(spread_name(ctx, ctx->spread->hosts[i]), &err);
	else
		report_error(&err);
	return rc;
}

static void cmd_run_each(const struct cmd *cmd, struct ctx *ctx, const struct args *args)
{
	for (size_t i = 0; i < args->n_words; i++) {
		int rc = word_was_named(ctx, args, i) ? 0 : cmd_run_word(cmd, ctx, args, i);

		if (ctx->status == EXIT_DONE)
			ctx->status = exit_status(rc);
		if (rc == VBC_E_CANCELLED || (exit_status(rc) == EXIT_NO_HOST && !ctx->spread))
			break;
		/* What is on another host can be done yet. */
		if (exit_status(rc) == EXIT_NO_HOST)
			ctx->spread->lost[ctx->spread->hosts[i]] = true;
	}
}

/*
 * A standard stream that is closed would be opened again as a connection to the host, and then
 * written to. This way each use of it is an error.
 */
static void streams_occupy(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int stdout_report_error(void)
{
	struct vbc_error err = {0};

	fail(&err, VBC_E_SPACE, "cannot write to standard output: %s", strerror(errno));
	report_error(&err);
	return EXIT_FAILED;
}

static int stdout_write(void (*write)(const struct line *line, FILE *to), const struct line *line)
{
	write(line, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE : stdout_report_error();
}

static void version_write(const struct line *line, FILE *to)
{
	(void)line;
	fputs("vboxcloud " VBC_VERSION "\n", to);
}

static void commands_write(const struct line *line, FILE *to)
{
	(void)line;
	help_list(to);
}

/* Whether it is about all of several hosts, as a list is, and not about one object. */
static bool cmd_may_have_fleet(const struct cmd *cmd, const struct args *args)
{
	bool has = cmd->columns || cmd->fleet_columns || cmd->run_fleet;

	return has && !cmd->no_host && !args->n_words && !args->node && !args->volume;
}

/* Whether --all or --filter says what it is done to. */
static bool cmd_chooses(const struct cmd *cmd, const struct args *args)
{
	return cmd->choose && !args->n_words;
}

static int cmd_begin_fleet(const struct cmd *cmd, struct ctx *ctx, const struct args *args,
			   struct targets *targets)
{
	int rc = 0;

	if (cmd->columns || cmd->fleet_columns) {
		ctx->fleet_columns =
			columns_with_host(cmd->fleet_columns ? cmd->fleet_columns() : cmd->columns);
		rc = list_parse(&ctx->list, ctx->fleet_columns, args, &ctx->err);
	}
	struct args timed = *args;

	if (!timed.host_timeout_s)
		timed.host_timeout_s = cmd->fleet_timeout_s;
	return rc ? rc : connect_fleet(ctx, &timed, targets);
}

/* What a command does on several hosts, if these are named. */
static int cmd_begin_several(const struct cmd *cmd, struct ctx *ctx, const struct args *args,
			     struct targets *targets)
{
	int rc = 0;

	if (cmd_may_have_fleet(cmd, args))
		return cmd_begin_fleet(cmd, ctx, args, targets);
	if (cmd->columns)
		rc = list_parse(&ctx->list, cmd->columns, args, &ctx->err);
	if (rc)
		return rc;
	return cmd_chooses(cmd, args) ? spread_over(ctx, args, targets)
				      : spread_find(cmd, ctx, args, targets);
}

/* Of what could be placed. */
static int cmd_begin_single(struct ctx *ctx, const struct args *args)
{
	int rc = place_check_single(args, &ctx->err);

	return rc ? rc : connect_host(ctx, args);
}

static int cmd_begin(const struct cmd *cmd, struct ctx *ctx, const struct args *args)
{
	struct targets CLEANUP(targets_done) targets = {.n = 0};
	bool several = cmd_may_have_fleet(cmd, args) || cmd_chooses(cmd, args) ||
		       spread_is_possible(cmd, args) || cmd->places;
	int rc = several ? config_targets(args->host, &targets, &ctx->err) : 0;

	if (!rc && cmd->places)
		return targets.n ? place_begin(ctx, args, &targets) : cmd_begin_single(ctx, args);
	if (!rc && targets.n)
		return cmd_begin_several(cmd, ctx, args, &targets);
	if (!rc && cmd->columns)
		rc = list_parse(&ctx->list, cmd->columns, args, &ctx->err);
	return rc || cmd->no_host ? rc : connect_host(ctx, args);
}

/* What it began with, and what it made of that. */
static void ctx_done(struct ctx *ctx)
{
	list_done(&ctx->list);
	spread_free(ctx->spread);
	place_free(ctx->place);
	members_free(ctx->members); /* whose fleet is closed */
	free(ctx->fleet_columns);
	free(ctx->narrow);
	free(ctx->url);
	free(ctx->jump);
	free(ctx->would);
}

static int cmd_run_chosen(const struct cmd *cmd, struct ctx *ctx, const struct args *args)
{
	struct args chosen = *args;
	int rc = cmd->choose(ctx, &chosen);

	if (rc)
		return rc;
	cmd_run_each(cmd, ctx, &chosen);
	free(chosen.words);
	return 0;
}

static int cmd_run_way(const struct cmd *cmd, struct ctx *ctx, const struct args *args)
{
	if (ctx->fleet && !cmd->places)
		return fleet_list(cmd, ctx, args);
	if (cmd_chooses(cmd, args))
		return cmd_run_chosen(cmd, ctx, args);
	if (!cmd->run_each)
		return cmd->run(ctx, args);
	cmd_run_each(cmd, ctx, args);
	return 0;
}

static int cmd_run(const struct line *line)
{
	struct ctx ctx = {.format = (enum out_format)line->args.output};
	int rc = cmd_begin(line->cmd, &ctx, &line->args);
	const struct args *args = ctx.spread ? &ctx.spread->args : &line->args;

	if (rc) {
		report_error(&ctx.err);
		ctx_done(&ctx);
		return exit_status(rc);
	}
	ctx.out = out_new(ctx.format);
	out_set_terminal(ctx.out, terminal_width(), terminal_has_colours());
	rc = cmd_run_way(line->cmd, &ctx, args);
	if (!ctx.spread && !ctx.fleet) /* of which it is then */
		vbc_host_close(ctx.host);
	vbc_fleet_close(ctx.fleet);
	meter_end();
	if (!rc && line->cmd->columns)
		list_apply(&ctx.list, ctx.out);
	if (rc == VBC_E_DRY_RUN && ctx.would) {
		note("would %s", ctx.would);
	} else if (rc == VBC_E_DRY_RUN) {
		would_note(line->cmd, args, NULL);
	} else if (rc) {
		report_error(&ctx.err);
		ctx.status = exit_status(rc);
	} else if (!out_write(ctx.out, stdout)) {
		ctx.status = stdout_report_error();
	}
	out_free(ctx.out);
	ctx_done(&ctx);
	return ctx.status;
}

static int line_run(const struct line *line, int rc, struct vbc_error *err)
{
	report_init(line->args.quiet, line->args.verbose);
	if (!rc && line->args.help)
		return stdout_write(help_write, line);
	if (!rc && line->args.version)
		return stdout_write(version_write, line);
	if (!rc)
		rc = parse_complete(line, err);
	if (!rc)
		return cmd_run(line);
	report_error(err);
	return exit_status(rc);
}

int main(int argc, char **argv)
{
	const char *const *words = (const char *const *)argv + 1;
	size_t n = argc > 0 ? (size_t)argc - 1 : 0;
	struct vbc_error err = {0};
	struct line line;

	streams_occupy();
	signal(SIGPIPE, SIG_IGN);
	text_init();
	if (n && streq(words[0], "__commands"))
		return stdout_write(commands_write, NULL);
	if (n && streq(words[0], "__complete")) {
		complete_write(words + 1, n - 1, stdout);
		return EXIT_DONE;
	}
	int rc = parse_line(words, n, &line, &err);

	rc = line_run(&line, rc, &err);
	free(line.args.words);
	return rc;
}
