/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud host list, remove, use: the hosts of the configuration. None of them is asked anything,
 * but with list --status.
 */
#include <stdlib.h>

#include "cmd-host.h"
#include "config-edit.h"
#include "config-fleet.h"
#include "connect.h"
#include "host-status.h"
#include "report.h"
#include "util.h"

const struct column configured_columns[] = {
	{"name", "NAME"},     {"url", "URL"},        {"user", "USER"},  {"default", "DEFAULT"},
	{"pinned", "PINNED"}, {"fingerprint", NULL}, {"ca_file", NULL}, {"password_file", NULL},
	{"ssh", NULL},        {"labels", "LABELS"},  {"fleets", NULL},  {"status", NULL},
	{NULL, NULL},
};

static const struct narrow narrow_with_status[] = {
	{"name", "NAME", CUT_NEVER},
	{"url", "URL", CUT_LAST},
	{"user", "USER", CUT_LAST},
	{"default", "DEFAULT", CUT_NEVER},
	{"status", "STATUS", CUT_NEVER},
	{"labels", "LABELS", WRAP},
	{.key = NULL},
};

const struct opt host_list_opts[] = {
	{
		.name = "--status",
		OPT(status),
		.help = "ask each host whether it answers, and whether it is cordoned",
	},
	OPTS_LIST,
	{.name = NULL},
};

static void out_maybe(struct out *out, const char *text)
{
	if (text)
		out_text(out, text);
	else
		out_null(out);
}

static void out_labels(struct out *out, const char *text)
{
	struct labels CLEANUP(labels_done) labels = {.text = NULL};

	if (text) /* which the reader of the file has taken */
		free(config_labels_read(text, &labels));
	char **texts = must(calloc(labels.n + 1, sizeof(*texts)));

	for (size_t i = 0; i < labels.n; i++)
		texts[i] = format("%s%s%s", labels.v[i].key, *labels.v[i].value ? "=" : "",
				  labels.v[i].value);
	out_texts(out, (const char *const *)texts, labels.n);
	for (size_t i = 0; i < labels.n; i++)
		free(texts[i]);
	free(texts);
}

static void out_fleets(struct out *out, const struct config_file *file, const char *host)
{
	const char **names FREE = must(calloc((file ? file->n_fleets : 0) + 1, sizeof(*names)));
	size_t n = 0;

	for (size_t i = 0; file && i < file->n_fleets; i++)
		if (config_fleet_has(&file->fleets[i], host))
			names[n++] = file->fleets[i].name;
	out_texts(out, names, n);
}

void configured_add_cells(struct out *out, const char *name, const struct target *target,
			  bool is_default, const struct config_file *file,
			  const struct host_status *status)
{
	const struct config_entry *entry = file ? config_file_find(file, name) : NULL;
	struct vbc_error secret = {0};
	bool shown = target->url && !connect_check_secrets(target, &secret);

	out_text(out, name);
	out_maybe(out, shown ? target->url : NULL);
	out_maybe(out, target->user);
	out_bool(out, is_default);
	out_bool(out, target->fingerprint != NULL);
	out_maybe(out, target->fingerprint);
	out_maybe(out, target->ca_file);
	out_maybe(out, target->password_file);
	out_maybe(out, target->ssh);
	out_labels(out, entry ? entry->labels : NULL);
	out_fleets(out, file, name);
	if (status)
		host_status_add_cell(out, status);
	else
		out_null(out); /* nobody has asked it */
}

int host_list(struct ctx *ctx, const struct args *args)
{
	struct config_file CLEANUP(config_file_done) file = {.path = NULL};
	struct host_status *status FREE = NULL;
	int rc = config_file_read(&file, &ctx->err);

	if (!rc && args->status && file.n)
		rc = host_status_ask(ctx, args, &status);
	if (rc)
		return rc;
	out_list(ctx->out, configured_columns);
	if (status)
		out_narrow(ctx->out, narrow_with_status);
	for (size_t i = 0; i < file.n; i++) {
		const struct config_entry *entry = &file.entries[i];

		configured_add_cells(ctx->out, entry->name, &entry->target,
				     file.default_host && streq(file.default_host, entry->name),
				     &file, status ? &status[i] : NULL);
	}
	if (!file.n)
		note("no host is configured; 'vboxcloud host add NAME URL' adds one");
	return 0;
}

int host_remove(struct ctx *ctx, const struct args *args, const char *name, struct vbc_error *err)
{
	bool was_default = false;
	int rc = config_remove_host(name, args->pretend, &was_default, err);

	(void)ctx;
	if (!rc)
		note("removed host '%s' from the configuration%s", name,
		     was_default ? "; it was the default, and 'vboxcloud host use' sets another"
				 : "");
	return rc;
}

int host_use(struct ctx *ctx, const struct args *args)
{
	bool fleet = false;
	int rc = config_use_host(args->words[0], args->pretend, &fleet, &ctx->err);

	if (!rc)
		note("%s '%s' is the default now", fleet ? "fleet" : "host", args->words[0]);
	return rc;
}
