/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud watch: events as JSON, one object a line, as they come.
 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "cmd.h"
#include "connect.h"
#include "report.h"
#include "text.h"
#include "util.h"

static int watch_run(struct ctx *ctx, const struct args *args);
static int watch_run_fleet(struct ctx *ctx, const struct args *args);

static const struct opt watch_opts[] = {
	{
		.name = "--count",
		.value = "N",
		OPT(count),
		.min = 1,
		.help = "end after N events",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

const struct cmd watch_cmds[] = {
	{
		.name = "",
		.help = "report what happens on the host, as JSON, one object per line",
		.more = "Continues until Ctrl-C. The first event is \"watching\": from then on "
			"everything is reported. It recurs after the host was unreachable: what "
			"happened in the meantime is unknown. Several hosts are watched at the "
			"same time, and each event says on which it was.",
		.opts = watch_opts,
		.run = watch_run,
		.run_fleet = watch_run_fleet,
	},
	{.name = NULL},
};

struct telling {
	unsigned told, most; /* most 0: no end */
	int os;              /* why standard output took no more */
	/* Of several hosts: */
	const struct members *members;
	bool strict, away; /* that one is away is a failure; one is */
};

static void event_write_time(int64_t ms, FILE *to)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[40] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(to, "\"%s.%03dZ\"", text, (int)(ms % 1000));
}

static void event_write_pair(const char *key, const char *value, FILE *to)
{
	if (!*value)
		return;
	fprintf(to, ", \"%s\": ", key);
	text_json(to, value);
}

/* `host` is "" where there is one. */
static int event_tell_on(struct telling *t, const char *host, const struct vbc_event *event)
{
	fputs("{\"time\": ", stdout);
	event_write_time(event->time_ms, stdout);
	event_write_pair("host", host, stdout);
	event_write_pair("event", vbc_event_type_name(event->type), stdout);
	event_write_pair("id", event->id, stdout);
	event_write_pair("node", event->node, stdout);
	if (event->type == VBC_EVENT_TYPE_NODE_STATE)
		event_write_pair("state", vbc_node_state_name(event->state), stdout);
	event_write_pair("machine_state", event->machine_state, stdout);
	event_write_pair("kind", event->medium_kind, stdout);
	event_write_pair("key", event->key, stdout);
	fputs("}\n", stdout);
	if (fflush(stdout) != 0)
		t->os = errno;
	return t->os || (++t->told == t->most);
}

static int event_tell(void *data, const struct vbc_event *event)
{
	return event_tell_on(data, "", event);
}

/* One that is away at first is waited for, unless all are needed. */
static int event_tell_of(void *data, const struct vbc_fleet_event *told)
{
	struct telling *t = data;

	if (told->event)
		return event_tell_on(t, told->host, told->event);

	const struct vbc_error *why = members_why_not(t->members, told->number);

	report_failure(told->host, why ? why : told->error);
	t->away = true;
	return t->strict;
}

static int telling_judge(const struct telling *t, struct vbc_error *err)
{
	return t->os ? fail(err, VBC_E_SPACE, "cannot write to standard output: %s",
			    strerror(t->os))
		     : 0;
}

static int watch_run_fleet(struct ctx *ctx, const struct args *args)
{
	struct telling t = {.most = args->count, .members = ctx->members, .strict = args->strict};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_fleet_watch(ctx->fleet, event_tell_of, &t, &wait, &ctx->err);

	if (!rc)
		rc = telling_judge(&t, &ctx->err);
	if (!rc && t.strict && t.away)
		ctx->status = EXIT_NO_HOST;
	return rc;
}

static int watch_run(struct ctx *ctx, const struct args *args)
{
	struct telling t = {.most = args->count};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_watch(ctx->host, event_tell, &t, &wait, &ctx->err);

	return rc ? rc : telling_judge(&t, &ctx->err);
}
