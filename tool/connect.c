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

int connect_check_secrets(const struct target *target, struct vbc_error *err)
{
	const char *scheme = strstr(target->url, "://");
	const char *authority = scheme ? scheme + 3 : target->url;

	if (!memchr(authority, '@', strcspn(authority, "/?#")))
		return 0;
	return fail(err, VBC_E_ARG,
		    "%s: the host's address must not hold a user or password; set VBOXCLOUD_USER "
		    "and VBOXCLOUD_PASSWORD_FILE instead",
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
static int target_fill_opts(struct target *target, char **ret_password, struct vbc_host_opts *opts,
			    struct vbc_error *err)
{
	int rc = connect_complete_url(target, err);

	/* Before anybody is asked for a password. */
	if (!rc)
		rc = password_get(target, ret_password, err);
	if (rc)
		return rc;
	opts->url = target->url;
	opts->user = target->user;
	opts->one_shot = true;
	opts->password = *ret_password;
	opts->ca_file = target->ca_file;
	opts->fingerprint = target->fingerprint;
	return 0;
}

static int target_open(struct target *target, struct vbc_host_opts *opts,
		       struct vbc_host **ret_host, struct vbc_error *err)
{
	char *password CLEANUP(password_forget) = NULL;
	int rc = target_fill_opts(target, &password, opts, err);

	return rc ? rc : vbc_host_open(opts, ret_host, err);
}

/* Of several hosts. */
struct members {
	struct vbc_fleet_member *v;
	struct vbc_host_opts *opts;
	char **passwords;
	size_t n;
};

static void members_done(struct members *members)
{
	for (size_t i = 0; i < members->n; i++)
		password_forget(&members->passwords[i]);
	free(members->passwords);
	free(members->opts);
	free(members->v);
}

static int members_fill(struct members *members, const struct args *args, struct targets *targets,
			struct vbc_error *err)
{
	size_t n = targets->n;
	int rc = 0;

	members->v = must(calloc(n, sizeof(*members->v)));
	members->opts = must(calloc(n, sizeof(*members->opts)));
	members->passwords = must(calloc(n, sizeof(*members->passwords)));
	for (size_t i = 0; !rc && i < n; i++) {
		struct vbc_host_opts *opts = &members->opts[i];

		*opts = (struct vbc_host_opts)VBC_HOST_OPTS_INIT;
		opts->log = report_log;
		opts->dry_run = args->pretend;
		rc = target_fill_opts(&targets->v[i].target, &members->passwords[i], opts, err);
		members->v[i] = (struct vbc_fleet_member){targets->v[i].name, opts};
		members->n = i + 1;
	}
	return rc;
}

int connect_fleet(struct ctx *ctx, const struct args *args, struct targets *targets)
{
	struct members CLEANUP(members_done) members = {.n = 0};
	struct vbc_fleet_opts opts = VBC_FLEET_OPTS_INIT;
	char *seen FREE = home_cache_folder();
	int rc = members_fill(&members, args, targets, &ctx->err);

	opts.timeout_ms = args->host_timeout_s * 1000;
	opts.seen_folder = seen;
	return rc ? rc : vbc_fleet_open(members.v, members.n, &opts, &ctx->fleet, &ctx->err);
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

int connect_for_completion(struct ctx *ctx, const struct args *args)
{
	struct target target CLEANUP(target_done) = {.url = NULL};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int rc = config_target(args->host, &target, &ctx->err);

	opts.connect_timeout_ms = 2000;
	opts.call_timeout_ms = 3000;
	if (!rc && target.user && !target.password_file)
		rc = fail(&ctx->err, VBC_E_AUTH, "completion asks for no password");
	return rc ? rc : target_open(&target, &opts, &ctx->host, &ctx->err);
}
