/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the options and the configuration to a host handle.
 */
#include <stdlib.h>

#include "connect.h"
#include "home.h"
#include "password.h"
#include "report.h"
#include "util.h"

enum { COMPLETION_S = 3 }; /* the longest that a host is waited for */

int connect_check_secrets(const struct target *target, struct vbc_error *err)
{
	const char *scheme = strstr(target->url, "://");
	const char *authority = scheme ? scheme + 3 : target->url;

	if (!memchr(authority, '@', strcspn(authority, "/?#")))
		return 0;
	return fail(err, VBC_E_ARG,
		    "%s: the host's address must not contain a user or password; set "
		    "VBOXCLOUD_USER and VBOXCLOUD_PASSWORD_FILE instead",
		    target->from);
}

int connect_complete_url(struct target *target, struct vbc_error *err)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *probe = NULL;
	struct vbc_error why = {0};
	int rc = connect_check_secrets(target, err);

	if (rc)
		return rc;
	opts.url = target->url;
	opts.fingerprint = target->fingerprint;
	if (vbc_host_open(&opts, &probe, &why)) /* which sends nothing */
		return fail(err, why.code, "%s: %s", target->from, why.text);
	free(target->url);
	target->url = must(strdup(vbc_host_url(probe)));
	vbc_host_close(probe);
	return 0;
}

/* `opts` borrows all from the target, and the password. */
static void target_lend_opts(const struct target *target, const char *password,
			     struct vbc_host_opts *opts)
{
	opts->url = target->url;
	opts->user = target->user;
	opts->one_shot = true;
	opts->password = password;
	opts->ca_file = target->ca_file;
	opts->fingerprint = target->fingerprint;
}

static int target_open(struct target *target, struct vbc_host_opts *opts,
		       struct vbc_host **ret_host, struct vbc_error *err)
{
	char *password CLEANUP(password_forget) = NULL;
	int rc = connect_complete_url(target, err);

	/* Before anybody is asked for a password. */
	if (!rc)
		rc = password_get(target, &password, err);
	if (rc)
		return rc;
	target_lend_opts(target, password, opts);
	return vbc_host_open(opts, ret_host, err);
}

/* One of several hosts. */
struct member {
	char *name;           /* that its log is told with */
	struct vbc_error why; /* it is asked nothing */
};

struct members {
	struct member *v;
	size_t n;
};

void members_free(struct members *members)
{
	for (size_t i = 0; members && i < members->n; i++)
		free(members->v[i].name);
	if (members)
		free(members->v);
	free(members);
}

const struct vbc_error *members_why_not(const struct members *members, size_t number)
{
	const struct vbc_error *why = &members->v[number].why;

	return why->code ? why : NULL;
}

const struct vbc_error *members_find_why(const struct members *members,
					 const struct vbc_fleet_failure *failure)
{
	const struct vbc_error *why = members_why_not(members, failure->number);

	return why ? why : &failure->error;
}

/* What opens them. */
struct opening {
	struct vbc_fleet_member *v;
	struct vbc_host_opts *opts;
	char **passwords;
	size_t n;
};

static void opening_done(struct opening *opening)
{
	for (size_t i = 0; i < opening->n; i++)
		password_forget(&opening->passwords[i]);
	free(opening->passwords);
	free(opening->opts);
	free(opening->v);
}

/* Ends each call of a host before it begins. */
static int member_end_call(void *data)
{
	(void)data;
	return 1;
}

static int opening_add(struct opening *opening, const struct args *args, struct named_target *given,
		       struct member *member, struct vbc_error *err)
{
	struct vbc_host_opts *opts = &opening->opts[opening->n];
	char **password = &opening->passwords[opening->n];
	int rc = connect_complete_url(&given->target, err);

	if (rc)
		return rc;
	*opts = (struct vbc_host_opts)VBC_HOST_OPTS_INIT;
	opts->log = report_log;
	opts->log_data = member->name = must(strdup(given->name));
	opts->dry_run = args->pretend;
	if (password_get(&given->target, password, &member->why))
		opts->tick = member_end_call;
	target_lend_opts(&given->target, *password, opts);
	opening->v[opening->n++] = (struct vbc_fleet_member){member->name, opts};
	return 0;
}

static int opening_fill(struct opening *opening, const struct args *args, struct targets *targets,
			struct members *members, struct vbc_error *err)
{
	size_t n = targets->n;
	int rc = 0;

	opening->v = must(calloc(n, sizeof(*opening->v)));
	opening->opts = must(calloc(n, sizeof(*opening->opts)));
	opening->passwords = must(calloc(n, sizeof(*opening->passwords)));
	members->v = must(calloc(n, sizeof(*members->v)));
	members->n = n;
	for (size_t i = 0; !rc && i < n; i++)
		rc = opening_add(opening, args, &targets->v[i], &members->v[i], err);
	return rc;
}

int connect_fleet(struct ctx *ctx, const struct args *args, struct targets *targets)
{
	struct opening CLEANUP(opening_done) opening = {.n = 0};
	struct vbc_fleet_opts opts = VBC_FLEET_OPTS_INIT;
	char *seen FREE = home_cache_folder();

	ctx->members = must(calloc(1, sizeof(*ctx->members)));
	int rc = opening_fill(&opening, args, targets, ctx->members, &ctx->err);

	opts.timeout_ms = args->host_timeout_s * 1000;
	opts.seen_folder = seen;
	return rc ? rc : vbc_fleet_open(opening.v, opening.n, &opts, &ctx->fleet, &ctx->err);
}

int connect_host(struct ctx *ctx, const struct args *args)
{
	struct target target CLEANUP(target_done) = {.url = NULL};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int rc = config_target(args->host, &target, &ctx->err);

	opts.log = report_log;
	opts.dry_run = args->pretend;
	if (!rc)
		rc = target_open(&target, &opts, &ctx->host, &ctx->err);
	if (rc)
		return rc;
	ctx->url = must(strdup(target.url));
	ctx->jump = target.ssh;
	target.ssh = NULL;
	return 0;
}

int connect_target(struct target *target, struct vbc_host **ret_host, struct vbc_error *err)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;

	opts.log = report_log;
	return target_open(target, &opts, ret_host, err);
}

int connect_other(const struct args *args, const char *host, struct vbc_host **ret_host,
		  struct vbc_error *err)
{
	struct target target CLEANUP(target_done) = {.url = NULL};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int rc = config_target(host, &target, err);

	opts.log = report_log;
	opts.dry_run = args->pretend;
	return rc ? rc : target_open(&target, &opts, ret_host, err);
}

static int completion_refuse_password(struct vbc_error *err)
{
	return fail(err, VBC_E_AUTH, "completion does not ask for passwords");
}

static int connect_host_for_completion(struct ctx *ctx, const struct args *args)
{
	struct target target CLEANUP(target_done) = {.url = NULL};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int rc = config_target(args->host, &target, &ctx->err);

	opts.connect_timeout_ms = 2000;
	opts.call_timeout_ms = COMPLETION_S * 1000;
	if (!rc && target.user && !target.password_file)
		rc = completion_refuse_password(&ctx->err);
	return rc ? rc : target_open(&target, &opts, &ctx->host, &ctx->err);
}

/* Those whose password is in a file, or who have none. */
static void targets_keep_silent(struct targets *targets)
{
	bool *kept FREE = must(calloc(targets->n, sizeof(*kept)));

	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = &targets->v[i].target;

		kept[i] = !target->user || target->password_file;
	}
	targets_keep(targets, kept);
}

static int connect_fleet_for_completion(struct ctx *ctx, const struct args *args,
					struct targets *targets)
{
	struct args brief = *args;

	brief.host_timeout_s = COMPLETION_S;
	targets_keep_silent(targets);
	if (!targets->n)
		return completion_refuse_password(&ctx->err);
	return connect_fleet(ctx, &brief, targets);
}

int connect_for_completion(struct ctx *ctx, const struct args *args)
{
	struct targets CLEANUP(targets_done) targets = {.n = 0};
	int rc = config_targets(args->host, &targets, &ctx->err);

	if (rc)
		return rc;
	return targets.n ? connect_fleet_for_completion(ctx, args, &targets)
			 : connect_host_for_completion(ctx, args);
}
