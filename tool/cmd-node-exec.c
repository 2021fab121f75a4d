/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node exec: a command in several nodes at the same time, each by an ssh of its own.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd-node.h"
#include "fleet-find.h"
#include "login.h"
#include "meter.h"
#include "prefix.h"
#include "report.h"
#include "util.h"

enum { THREADS = 8, POLL_MS = 200, SSH_FAILED = 255 };

const struct opt node_exec_opts[] = {
	OPT_LOGIN_USER, OPT_LOGIN_IDENTITY, OPT_LOGIN_TIMEOUT, OPT_LOGIN_NO_WAIT, {.name = NULL},
};

struct executed {
	const char *node;
	size_t word; /* that names it */
	char *shown; /* what it is called: with its host where there are several */
	int status;  /* of the command, or of ssh */
	struct vbc_error err;
	bool begun;
};

struct execution {
	struct ctx *ctx;
	const struct args *args;
	struct executed *v;
	size_t n;
	bool on_several;       /* hosts */
	pthread_mutex_t mutex; /* of what follows */
	size_t next;
	bool over; /* no further ones are begun */
};

static void exec_fill_command(const struct args *args, const struct login *login, bool is_alone,
			      struct command *command)
{
	command_add(command, "ssh");
	login_add_options(login, command);
	if (!is_alone) /* several cannot ask at once */
		command_add(command, "-oBatchMode=yes");
	if (args->quiet)
		command_add(command, "-q");
	command_add(command, "--");
	command_add(command, "%s", login->ssh->address);
	for (size_t i = args->n_before; i < args->n_words; i++)
		command_add(command, "%s", args->words[i]);
}

/* Until both of its streams have ended. */
static void exec_pass_on(struct prefixed streams[2], pid_t pid)
{
	bool told = false;

	while (streams[0].from >= 0 || streams[1].from >= 0) {
		struct pollfd p[] = {{.fd = streams[0].from, .events = POLLIN},
				     {.fd = streams[1].from, .events = POLLIN}};

		if (meter_is_cancelled() && !told)
			told = kill(pid, SIGTERM) == 0;
		if (poll(p, COUNT(p), POLL_MS) <= 0)
			continue;
		for (size_t i = 0; i < COUNT(p); i++)
			if (p[i].revents)
				prefixed_read(&streams[i]);
	}
}

/* Runs it with nothing to read, and its output between that of the others. */
static int exec_run(const struct command *command, const char *name, int *ret_status,
		    struct vbc_error *err)
{
	int out[2] = {-1, -1}, errors[2] = {-1, -1},
	    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	bool ready = nothing >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0;
	const struct streams given = {nothing, out[1], errors[1]};
	struct prefixed streams[] = {{.from = out[0], .to = stdout, .name = name},
				     {.from = errors[0], .to = stderr, .name = name}};
	pid_t pid = -1;
	int rc = ready ? process_start(command, &given, &pid, err)
		       : fail(err, VBC_E_NOMEM, "no more files can be opened for node '%s'", name);

	for (size_t i = 0; i < 3; i++)
		if ((const int[]){nothing, out[1], errors[1]}[i] >= 0)
			close((const int[]){nothing, out[1], errors[1]}[i]);
	if (!rc)
		exec_pass_on(streams, pid);
	for (size_t i = 0; i < COUNT(streams); i++)
		prefixed_end(&streams[i]);
	if (!rc)
		*ret_status = process_end(pid);
	return rc;
}

/* What a node is called, by a name of it. */
static char *executed_make_name(const struct execution *e, size_t word, const char *name)
{
	if (!e->on_several)
		return must(strdup(name));
	return format("%s:%s", spread_name(e->ctx, e->ctx->spread->hosts[word]), name);
}

static int exec_in_node(const struct execution *e, struct executed *one)
{
	struct login login CLEANUP(login_done) = {.ssh = NULL};
	struct command command CLEANUP(command_done) = {.v = NULL};
	struct ctx view = spread_view(e->ctx, one->word);
	int rc = login_find(&view, e->args, one->node, true, &login, &one->err);

	if (rc)
		return rc;
	char *name FREE = executed_make_name(e, one->word, login.ssh->name);

	exec_fill_command(e->args, &login, false, &command);
	rc = exec_run(&command, name, &one->status, &one->err);
	if (!rc && one->status == SSH_FAILED)
		login_explain(&login, "ssh");
	return rc;
}

/* Whether its host could not be used before. */
static bool executed_is_lost(const struct execution *e, const struct executed *one)
{
	const struct spread *spread = e->ctx->spread;

	return spread && spread->lost[spread->hosts[one->word]];
}

static struct executed *execution_take_next(struct execution *e)
{
	struct executed *next = NULL;

	pthread_mutex_lock(&e->mutex);
	while (e->next < e->n && executed_is_lost(e, &e->v[e->next]))
		e->next++;
	if (!e->over && !meter_is_cancelled() && e->next < e->n)
		next = &e->v[e->next++];
	pthread_mutex_unlock(&e->mutex);
	return next;
}

/* A host that cannot be used is that of others, too. */
static void execution_judge(struct execution *e, const struct executed *one, int rc)
{
	struct spread *spread = e->ctx->spread;

	if (exit_status(rc) != EXIT_NO_HOST && rc != VBC_E_CANCELLED)
		return;
	pthread_mutex_lock(&e->mutex);
	if (spread && rc != VBC_E_CANCELLED)
		spread->lost[spread->hosts[one->word]] = true;
	else
		e->over = true;
	pthread_mutex_unlock(&e->mutex);
}

static void executed_report(const struct execution *e, const struct executed *one)
{
	if (e->on_several)
		report_error_on(spread_name(e->ctx, e->ctx->spread->hosts[one->word]), &one->err);
	else
		report_error(&one->err);
}

static void *execution_work(void *arg)
{
	struct execution *e = arg;

	for (struct executed *one; (one = execution_take_next(e));) {
		one->begun = true;
		int rc = exec_in_node(e, one);

		if (rc)
			executed_report(e, one);
		else
			note("node '%s': exit status %d", one->shown, one->status);
		execution_judge(e, one, rc);
	}
	return NULL;
}

/* With as many threads as there are; this one is one of them. */
static void execution_run(struct execution *e)
{
	pthread_t threads[THREADS - 1];
	size_t n = 0;

	while (n < COUNT(threads) && n + 1 < e->n &&
	       !pthread_create(&threads[n], NULL, execution_work, e))
		n++;
	execution_work(e);
	while (n)
		pthread_join(threads[--n], NULL);
}

/* Names those in which it failed. */
static int execution_sum_up(const struct execution *e, struct vbc_error *err)
{
	char *text = NULL;
	size_t size, n = 0;
	FILE *to = must(open_memstream(&text, &size));

	for (const struct executed *one = e->v; one < e->v + e->n; one++) {
		if (one->begun && !one->err.code && !one->status)
			continue;
		fprintf(to, "%s'%s' (", n++ ? ", " : "", one->shown);
		if (!one->begun)
			fputs("not begun)", to);
		else if (one->err.code)
			fputs("not reached)", to);
		else
			fprintf(to, "exit status %d)", one->status);
	}
	fclose(to);
	text = must(text);
	if (n)
		fail(err, VBC_E_FAULT, "it failed in %zu of %zu nodes: %s", n, e->n, text);
	free(text);
	return n ? err->code : 0;
}

/* Whether a word names a node that another one has named. */
static bool execution_has(const struct execution *e, size_t word)
{
	const size_t *hosts = e->ctx->spread ? e->ctx->spread->hosts : NULL;

	for (size_t i = 0; i < e->n; i++)
		if (streq(e->v[i].node, e->args->words[word]) &&
		    (!hosts || hosts[e->v[i].word] == hosts[word]))
			return true;
	return false;
}

static void execution_add(struct execution *e, size_t word)
{
	const char *node = e->args->words[word];

	if (!execution_has(e, word))
		e->v[e->n++] = (struct executed){
			.node = node, .word = word, .shown = executed_make_name(e, word, node)};
}

static int exec_in_many(struct ctx *ctx, const struct args *args)
{
	struct execution e = {.ctx = ctx,
			      .args = args,
			      .v = must(calloc(args->n_before, sizeof(*e.v))),
			      .on_several = spread_is_on_several(ctx, args->n_before),
			      .mutex = PTHREAD_MUTEX_INITIALIZER};

	for (size_t i = 0; i < args->n_before; i++)
		execution_add(&e, i);
	meter_begin(!args->quiet); /* signals end the programs that were started, too */
	execution_run(&e);
	int rc = execution_sum_up(&e, &ctx->err);

	pthread_mutex_destroy(&e.mutex);
	for (size_t i = 0; i < e.n; i++)
		free(e.v[i].shown);
	free(e.v);
	return rc;
}

static int exec_in_one(struct ctx *ctx, const struct args *args)
{
	struct login login CLEANUP(login_done) = {.ssh = NULL};
	struct command command CLEANUP(command_done) = {.v = NULL};
	int rc = login_find(ctx, args, args->words[0], true, &login, &ctx->err);

	if (rc)
		return rc;
	exec_fill_command(args, &login, true, &command);
	ctx_leave_hosts(ctx);
	meter_end();
	rc = process_run(&command, &ctx->status, &ctx->err);
	if (!rc && ctx->status == SSH_FAILED)
		login_explain(&login, "ssh");
	return rc;
}

int node_exec(struct ctx *ctx, const struct args *args)
{
	if (!args->n_before || args->n_before == args->n_words)
		return fail(
			&ctx->err, VBC_E_ARG,
			"'vboxcloud node exec' takes nodes, --, and a command, as in 'vboxcloud "
			"node exec web1 web2 -- uptime'");
	return args->n_before == 1 ? exec_in_one(ctx, args) : exec_in_many(ctx, args);
}
