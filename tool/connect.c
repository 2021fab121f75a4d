/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the options and the configuration to a host handle.
 */
#include <stdlib.h>

#include "connect.h"
#include "password.h"
#include "report.h"
#include "util.h"

/* What stands before an @ may be a password: it is not repeated. */
static int check_url(const char *url, struct vbc_error *err)
{
	const char *authority = strstr(url, "://") + 3;

	if (!memchr(authority, '@', strcspn(authority, "/?#")))
		return 0;
	return fail(err, VBC_E_ARG,
		    "the host's URL holds a user or password: set VBOXCLOUD_USER and "
		    "VBOXCLOUD_PASSWORD_FILE instead");
}

static int open_target(const struct target *target, struct vbc_host_opts *opts,
		       struct vbc_host **ret_host, struct vbc_error *err)
{
	char *password CLEANUP(password_forget) = NULL;
	int rc = check_url(target->url, err);

	if (!rc)
		rc = password_get(target, &password, err);
	if (rc)
		return rc;
	opts->url = target->url;
	opts->user = target->user;
	opts->password = password;
	opts->ca_file = target->ca_file;
	return vbc_host_open(opts, ret_host, err);
}

int connect_host(struct ctx *ctx, const struct args *args)
{
	struct target target CLEANUP(target_done) = {.url = NULL};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int rc = config_target(args->host, &target, &ctx->err);

	opts.log = report_log;
	if (!rc)
		rc = open_target(&target, &opts, &ctx->host, &ctx->err);
	if (!rc)
		ctx->url = must(strdup(target.url));
	return rc;
}

int connect_other(const char *host, struct vbc_host **ret_host, struct vbc_error *err)
{
	struct target target CLEANUP(target_done) = {.url = NULL};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int rc = config_target(host, &target, err);

	opts.log = report_log;
	return rc ? rc : open_target(&target, &opts, ret_host, err);
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
	return rc ? rc : open_target(&target, &opts, &ctx->host, &ctx->err);
}
