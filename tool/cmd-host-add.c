/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud host add: a host for the configuration, whose certificate was seen and which was tried.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "cmd-host.h"
#include "config-edit.h"
#include "config-fleet.h"
#include "connect.h"
#include "hint.h"
#include "home.h"
#include "jump.h"
#include "report.h"
#include "util.h"

const struct opt host_add_opts[] = {
	{
		.name = "--user",
		.value = "USER",
		OPT(user),
		.help = "the user to log on as",
	},
	{
		.name = "--password-file",
		.value = "FILE",
		OPT(password_file),
		.complete = COMPLETE_FILE,
		.help = "the file with that user's password",
	},
	{
		.name = "--ca-file",
		.value = "FILE",
		OPT(ca_file),
		.complete = COMPLETE_FILE,
		.help = "the certificates that an https host is verified against",
	},
	{
		.name = "--fingerprint",
		.value = "HEX",
		OPT(fingerprint),
		.help = "the SHA-256 of the one certificate to trust",
	},
	{
		.name = "--ssh",
		.value = "DESTINATION",
		OPT(ssh),
		.help = "how ssh reaches the host, like me@lab.example",
	},
	{
		.name = "--yes",
		OPT(yes),
		.help = "do not ask, and add the host even if it cannot be used now",
	},
	{.name = NULL},
};

static bool url_is_secure(const char *url)
{
	return starts_with(url, "https:");
}

/* The name in the URL, in its full form, is this machine. */
static bool url_is_here(const char *url)
{
	const char *name = strstr(url, "://") + 3;

	return starts_with(name, "127.") || starts_with(name, "[::1]") ||
	       (starts_with(name, "localhost") && strchr(":/", name[strlen("localhost")]));
}

/* As it will be found from anywhere; NULL for none. */
static char *path_make_whole(const char *path)
{
	char *home FREE = path && starts_with(path, "~/") ? home_folder() : NULL;
	char *here FREE = path && path[0] != '/' && !home ? must(getcwd(NULL, 0)) : NULL;

	if (!path || !*path)
		return NULL;
	if (home)
		return format("%s%s", home, path + 1);
	return here ? format("%s/%s", here, path) : must(strdup(path));
}

static char *text_copy(const char *text)
{
	return text && *text ? must(strdup(text)) : NULL;
}

static int add_check_ssh(const char *ssh, struct vbc_error *err)
{
	if (!ssh || jump_is_destination(ssh))
		return 0;
	return fail(err, VBC_E_ARG,
		    "--ssh is HOST or USER@HOST, and may end in :PORT: it cannot be '%s'", ssh);
}

/* What the words say, before anything is asked or sent. */
static int add_take_words(const struct args *args, struct target *target, struct vbc_error *err)
{
	int rc = config_check_new_name(args->words[0], err);

	*target = (struct target){
		.url = must(strdup(args->words[1])),
		.from = must(strdup("URL")),
		.user = text_copy(args->user),
		.password_file = path_make_whole(args->password_file),
		.ca_file = path_make_whole(args->ca_file),
		.fingerprint = text_copy(args->fingerprint),
		.ssh = text_copy(args->ssh),
	};
	if (!rc)
		rc = connect_complete_url(target, err);
	if (!rc)
		rc = add_check_ssh(target->ssh, err);
	if (!rc && target->ca_file && target->fingerprint)
		rc = fail(err, VBC_E_ARG,
			  "give --ca-file or --fingerprint, not both: a fingerprint counts alone");
	if (!rc && target->ca_file && !url_is_secure(target->url))
		rc = fail(err, VBC_E_ARG, "--ca-file is for https, which %s is not", target->url);
	if (!rc && target->password_file && !target->user)
		rc = fail(err, VBC_E_ARG, "--password-file needs --user, whose password it holds");
	return rc;
}

/* Told before there are questions; it counts once more when the file is changed. */
static int add_check_new(const char *name, struct vbc_error *err)
{
	struct config_file CLEANUP(config_file_done) file = {.path = NULL};
	int rc = config_file_read(&file, err);

	if (!rc && config_find_fleet(&file, name))
		return fail(err, VBC_E_EXISTS, "there is a fleet '%s' in %s", name, file.path);
	if (rc || !config_file_find(&file, name))
		return rc;
	return fail(err, VBC_E_EXISTS,
		    "there is a host '%s' in %s; 'vboxcloud host remove' removes it", name,
		    file.path);
}

static char *day_describe(int64_t ms)
{
	time_t at = (time_t)(ms / 1000);
	char text[32];
	struct tm tm;

	if (!ms || !gmtime_r(&at, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d", &tm))
		return must(strdup("?"));
	return must(strdup(text));
}

static char *certificate_describe(const struct vbc_certificate *c, const char *url)
{
	char *begin FREE = day_describe(c->not_before_ms),
		    *end FREE = day_describe(c->not_after_ms);

	return format("%s presents a certificate that no authority trusted here has signed:\n  "
		      "subject  %s\n  issuer   %s\n  valid    %s to %s\n  SHA-256  %s\nCompare the "
		      "fingerprint with what the host's owner says, or with what\n  openssl x509 "
		      "-noout -fingerprint -sha256 -in CERTIFICATE\nshows there. Trust this "
		      "certificate from now on, and no other? [y/N] ",
		      url, c->subject, c->issuer, begin, end, c->fingerprint);
}

static int add_judge_certificate(const struct args *args, struct target *target,
				 const struct vbc_certificate *certificate, struct vbc_error *err)
{
	char *question FREE = certificate_describe(certificate, target->url);

	if (args->yes || !ask_can())
		return fail(
			err, VBC_E_TLS,
			"no authority trusted here has signed the certificate of %s, '%s'; if its "
			"owner confirms that its fingerprint is %s, give that as --fingerprint",
			target->url, certificate->subject, certificate->fingerprint);
	if (!ask_yes(question))
		return fail(err, VBC_E_CANCELLED,
			    "host '%s' was not added: its certificate is not trusted",
			    args->words[0]);
	target->fingerprint = must(strdup(certificate->fingerprint));
	return 0;
}

/*
 * Without credentials. A host that shows none is not refused here: trying it will tell why.
 */
static int add_agree_certificate(const struct args *args, struct target *target,
				 struct vbc_error *err)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_certificate *certificate = NULL;
	struct vbc_host *host = NULL;
	struct vbc_error why = {0};
	int rc;

	if (!url_is_secure(target->url) || target->ca_file || target->fingerprint)
		return 0;
	opts.url = target->url;
	opts.one_shot = true;
	rc = vbc_host_open(&opts, &host, err);
	if (rc)
		return rc;
	if (!vbc_host_certificate(host, &certificate, &why) && !certificate->accepted)
		rc = add_judge_certificate(args, target, certificate, err);
	vbc_certificate_free(certificate);
	vbc_host_close(host);
	return rc;
}

/* What was not said, where there is somebody to ask. */
static void add_ask(const struct args *args, struct target *target)
{
	char *answer FREE = NULL;

	if (args->yes || !ask_can())
		return;
	if (!args->user) {
		char *question FREE = format("User of %s (empty: none): ", target->url);
		char *user FREE = ask_line(question);

		target->user = text_copy(user);
	}
	if (target->user && !args->password_file)
		answer = ask_line("File with the password (empty: ask each time): ");
	if (answer)
		target->password_file = path_make_whole(answer);
}

/* The worst of what was found; the rest is told as it is. */
static const struct vbc_finding *findings_tell(const struct vbc_findings *findings)
{
	const struct vbc_finding *worst = NULL;

	for (size_t i = 0; i < findings->n; i++) {
		const struct vbc_finding *f = findings->v[i];
		const char *cure = hint_text(f->hint);

		if (f->level == VBC_FINDING_LEVEL_ERROR && !worst)
			worst = f;
		else if (f->level != VBC_FINDING_LEVEL_OK)
			warn("%s: %s%s%s", f->subject, f->text, *cure ? "; " : "", cure);
	}
	return worst;
}

/* A host that cannot be used is added if somebody wants that, but never with a wrong certificate.
 */
static int add_judge(const struct args *args, const struct vbc_finding *worst,
		     struct vbc_error *err)
{
	const char *cure = hint_text(worst->hint);
	int code = worst->number <= 2 ? VBC_E_CONNECT : VBC_E_FAULT;

	if (worst->hint == VBC_HINT_FINGERPRINT)
		return fail(err, VBC_E_TLS, "host '%s' was not added: %s", args->words[0],
			    worst->text);
	if (!args->yes && !ask_can())
		return fail(err, code, "host '%s' was not added: %s%s%s; --yes adds it anyway",
			    args->words[0], worst->text, *cure ? "; " : "", cure);
	warn("%s: %s%s%s", worst->subject, worst->text, *cure ? "; " : "", cure);
	if (args->yes || ask_yes("Add the host anyway? [y/N] "))
		return 0;
	return fail(err, VBC_E_CANCELLED, "host '%s' was not added", args->words[0]);
}

static int add_try(const struct args *args, struct target *target, struct vbc_error *err)
{
	struct vbc_findings *findings = NULL;
	struct vbc_host *host = NULL;
	int rc = 0;

	if (target->user && !target->password_file && !ask_can())
		rc = fail(err, VBC_E_ARG,
			  "no password of user '%s' is known to try the host with: give "
			  "--password-file",
			  target->user);
	if (!rc)
		rc = connect_target(target, &host, err);
	if (!rc)
		rc = vbc_host_check(host, &findings, err);
	vbc_host_close(host);
	if (rc)
		return rc;
	const struct vbc_finding *worst = findings_tell(findings);

	if (worst)
		rc = add_judge(args, worst, err);
	vbc_findings_free(findings);
	return rc;
}

int host_add(struct ctx *ctx, const struct args *args)
{
	struct target CLEANUP(target_done) target = {.url = NULL};
	const char *name = args->words[0];
	bool is_default = false;
	int rc = add_take_words(args, &target, &ctx->err);

	if (!rc)
		rc = add_check_new(name, &ctx->err);
	if (!rc)
		rc = add_agree_certificate(args, &target, &ctx->err);
	if (rc)
		return rc;
	add_ask(args, &target);
	if (target.user && !url_is_secure(target.url) && !url_is_here(target.url))
		warn("%s is not https: the password is sent in the clear", target.url);
	rc = add_try(args, &target, &ctx->err);
	if (!rc)
		rc = config_add_host(name, &target, args->pretend, &is_default, &ctx->err);
	if (rc)
		return rc;
	note("added host '%s'%s", name, is_default ? ", which is the default" : "");
	out_object(ctx->out, configured_columns);
	configured_add_cells(ctx->out, name, &target, is_default, NULL, NULL);
	return 0;
}
