/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Completion, made from the tables; names of nodes, images and sizes come from the host.
 */
#include <stdlib.h>

#include "catalog.h"
#include "config.h"
#include "connect.h"
#include "help.h"
#include "text.h"
#include "util.h"

/* What is being completed: the start of a word, where the candidates go. */
struct want {
	const char *start;
	FILE *to;
	const struct args *args;
	const struct column *columns; /* of the command's list, or of what it chooses from */
};

static void completion_offer(const struct want *want, const char *word, const char *help)
{
	if (!starts_with(word, want->start) || !text_is_plain(word))
		return;
	fprintf(want->to, "%s\t", word);
	text_show(want->to, help);
	fputc('\n', want->to);
}

/* What somebody called a thing; it must not be taken for an option. */
static void completion_offer_name(const struct want *want, const char *name, const char *help)
{
	if (name[0] != '-')
		completion_offer(want, name, help);
}

static void completion_offer_opts(const struct want *want, const struct opt *opts)
{
	for (; opts && opts->name; opts++)
		completion_offer(want, opts->name, opts->help);
}

/* One name of each: another only where what is typed is no start of the first. */
static void completion_offer_cmd(const struct want *want, const struct cmd *cmd)
{
	completion_offer(want, cmd->name, cmd->help);
	for (size_t i = 0; !starts_with(cmd->name, want->start) && i < COUNT(cmd->also); i++)
		if (cmd->also[i])
			completion_offer(want, cmd->also[i], cmd->help);
}

static void completion_offer_cmds(const struct want *want, const struct line *line)
{
	if (line->noun) {
		for (const struct cmd *cmd = line->noun->cmds; cmd->name; cmd++)
			completion_offer_cmd(want, cmd);
		return;
	}
	for (const struct noun *noun = nouns; noun->name; noun++)
		completion_offer(want, noun->name, noun->help);
	if (*want->start)
		for (const struct cmd *cmd = find_noun(ASSUMED_NOUN)->cmds; cmd->name; cmd++)
			completion_offer_cmd(want, cmd);
}

static void completion_offer_hosts(const struct want *want, enum complete what)
{
	size_t n;
	char **names = config_hosts(what != COMPLETE_HOST, &n);

	if (n && what == COMPLETE_HOSTS)
		completion_offer(want, "all", "");

	for (size_t i = 0; i < n; i++) {
		completion_offer_name(want, names[i], "");
		free(names[i]);
	}
	free(names);
}

static void completion_offer_nodes(const struct want *want, struct vbc_host *host)
{
	struct vbc_nodes *nodes;

	if (vbc_node_list(host, VBC_NODE_FIELD_NAME, &nodes, NULL))
		return;
	for (size_t i = 0; i < nodes->n; i++) {
		completion_offer_name(want, nodes->v[i]->name, nodes->v[i]->id);
		if (*want->start)
			completion_offer(want, nodes->v[i]->id, nodes->v[i]->name);
	}
	vbc_nodes_free(nodes);
}

static void completion_offer_images(const struct want *want, struct vbc_host *host)
{
	struct vbc_images *images;

	if (vbc_image_list(host, &images, NULL))
		return;
	for (size_t i = 0; i < images->n; i++) {
		completion_offer_name(want, images->v[i]->name, images->v[i]->id);
		if (*want->start)
			completion_offer(want, images->v[i]->id, images->v[i]->name);
	}
	vbc_images_free(images);
}

static void completion_offer_sizes(const struct want *want, struct vbc_host *host)
{
	struct vbc_sizes *sizes;

	if (vbc_size_list(host, &sizes, NULL))
		return;
	for (size_t i = 0; i < sizes->n; i++)
		if (*sizes->v[i]->id)
			completion_offer(want, sizes->v[i]->id, "");
	vbc_sizes_free(sizes);
}

static void completion_offer_keys(const struct want *want, struct vbc_host *host)
{
	struct vbc_keys *keys;

	if (vbc_key_list(host, &keys, NULL))
		return;
	for (size_t i = 0; i < keys->n; i++)
		completion_offer_name(want, keys->v[i]->name, keys->v[i]->fingerprint);
	vbc_keys_free(keys);
}

static void completion_offer_volumes(const struct want *want, struct vbc_host *host)
{
	struct vbc_volumes *volumes;

	if (vbc_volume_list(host, &volumes, NULL))
		return;
	for (size_t i = 0; i < volumes->n; i++) {
		completion_offer_name(want, volumes->v[i]->name, volumes->v[i]->id);
		if (*want->start)
			completion_offer(want, volumes->v[i]->id, volumes->v[i]->name);
	}
	vbc_volumes_free(volumes);
}

/* Those of volumes; of nodes there may be very many. */
static void completion_offer_snapshots(const struct want *want, struct vbc_host *host)
{
	struct vbc_snapshots *snapshots;

	if (vbc_snapshot_list(host, NULL, NULL, &snapshots, NULL))
		return;
	for (size_t i = 0; i < snapshots->n; i++) {
		completion_offer_name(want, snapshots->v[i]->name, snapshots->v[i]->id);
		if (*want->start)
			completion_offer(want, snapshots->v[i]->id, snapshots->v[i]->name);
	}
	vbc_snapshots_free(snapshots);
}

static bool completion_offer_catalog(const struct want *want)
{
	struct catalog CLEANUP(catalog_done) catalog;
	struct vbc_error err;
	bool any = false;
	int rc = catalog_read(&catalog, &err);

	for (size_t i = 0; !rc && i < catalog.n; i++) {
		const struct catalog_entry *entry = &catalog.v[i];

		any = any || starts_with(entry->name, want->start);
		completion_offer(want, entry->name, entry->title ? entry->title : "");
	}
	return any;
}

/* Files are the shell's to find; it does so where nothing is offered. */
static void completion_offer_sources(const struct want *want)
{
	if (!*want->start || !completion_offer_catalog(want))
		fputs(":file\n", want->to);
}

static void completion_offer_calls(const struct want *want)
{
	const char *name;

	for (size_t i = 0; (name = vbc_api_method_name(i)); i++)
		completion_offer(want, name, "");
}

static void completion_offer_of(const struct want *want, enum complete what, struct vbc_host *host)
{
	if (what == COMPLETE_NODE)
		completion_offer_nodes(want, host);
	else if (what == COMPLETE_IMAGE || what == COMPLETE_LAUNCH)
		completion_offer_images(want, host);
	else if (what == COMPLETE_KEY)
		completion_offer_keys(want, host);
	else if (what == COMPLETE_VOLUME)
		completion_offer_volumes(want, host);
	else if (what == COMPLETE_SNAPSHOT)
		completion_offer_snapshots(want, host);
	else
		completion_offer_sizes(want, host);
}

/* What several hosts are asked at the same time, and what each offers. */
struct asking {
	const struct want *want;
	enum complete what;
	char **texts;
};

static int asking_ask_host(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	const struct asking *asking = data;
	struct want want = *asking->want;
	size_t size;

	(void)err;
	want.to = must(open_memstream(&asking->texts[number], &size));
	completion_offer_of(&want, asking->what, host);
	fclose(want.to);
	return 0;
}

/* Whether one of the lines before it, from `text` on, offers the same word as a line. */
static bool line_was_offered(const char *text, const char *line)
{
	size_t n = strcspn(line, "\t") + 1;

	for (; text < line; text = strchr(text, '\n') + 1)
		if (!strncmp(text, line, n))
			return true;
	return false;
}

/* Each word once, whichever hosts it is on. */
static void asking_write(const struct asking *asking, size_t n)
{
	char *all = NULL;
	size_t size;
	FILE *to = must(open_memstream(&all, &size));

	for (size_t i = 0; i < n; i++)
		if (asking->texts[i])
			fputs(asking->texts[i], to);
	fclose(to);
	for (const char *line = must(all); *line; line = strchr(line, '\n') + 1)
		if (!line_was_offered(all, line))
			fprintf(asking->want->to, "%.*s\n", (int)strcspn(line, "\n"), line);
	free(all);
}

static void completion_offer_from_fleet(const struct want *want, enum complete what,
					struct vbc_fleet *fleet)
{
	size_t n = vbc_fleet_count(fleet);
	struct asking asking = {want, what, must(calloc(n, sizeof(char *)))};
	struct vbc_fleet_failures *failures = NULL;

	if (!vbc_fleet_each(fleet, asking_ask_host, &asking, &failures, NULL))
		asking_write(&asking, n);
	vbc_fleet_failures_free(failures);
	for (size_t i = 0; i < n; i++)
		free(asking.texts[i]);
	free(asking.texts);
}

/* A host that does not answer offers nothing. */
static void completion_offer_from_host(const struct want *want, enum complete what)
{
	struct ctx ctx = {.url = NULL};

	if (!connect_for_completion(&ctx, want->args)) {
		if (ctx.fleet)
			completion_offer_from_fleet(want, what, ctx.fleet);
		else
			completion_offer_of(want, what, ctx.host);
	}
	vbc_fleet_close(ctx.fleet);
	members_free(ctx.members);
	if (ctx.host)
		vbc_host_close(ctx.host);
	free(ctx.url);
}

/* Whether a key is in a list like "name,-state", of n bytes. */
static bool list_has_key(const char *list, size_t n, const char *key)
{
	for (const char *at = list, *end = list + n; at < end; at++) {
		size_t whole = strcspn(at, ",");
		size_t sign = *at == '-';

		if (whole - sign == strlen(key) && !strncmp(at + sign, key, whole - sign))
			return true;
		at += whole;
	}
	return false;
}

/* The last key of a list, after those that are there; each is named once. */
static void completion_offer_columns(const struct want *want, const struct column *columns,
				     bool sorted)
{
	const char *comma = strrchr(want->start, ','), *last = comma ? comma + 1 : want->start;
	size_t before = (size_t)(last - want->start);

	if (sorted && *last == '-')
		before++;
	for (; columns && columns->key; columns++) {
		char *word FREE = format("%.*s%s", (int)before, want->start, columns->key);

		if (!list_has_key(want->start, (size_t)(last - want->start), columns->key))
			completion_offer(want, word, "");
	}
}

/* What follows the key is not known here, and stands in the same word. */
static void completion_offer_filters(const struct want *want, const struct column *columns)
{
	if (strchr(want->start, '='))
		return;
	fputs(":nospace\n", want->to);
	for (; columns && columns->key; columns++) {
		bool tags = streq(columns->key, "tags"),
		     parts = tags || streq(columns->key, "extra");
		char *word FREE = format("%s%s", tags ? "tag" : columns->key, parts ? "." : "=");

		completion_offer(want, word, "");
	}
}

static void completion_offer_kind(const struct want *want, enum complete what)
{
	switch (what) {
	case COMPLETE_NOTHING: break;
	case COMPLETE_FILE: fputs(":file\n", want->to); break;
	case COMPLETE_SOURCE: completion_offer_sources(want); break;
	case COMPLETE_HOST:
	case COMPLETE_DEFAULT:
	case COMPLETE_HOSTS: completion_offer_hosts(want, what); break;
	case COMPLETE_CALL: completion_offer_calls(want); break;
	case COMPLETE_COLUMNS:
	case COMPLETE_SORT:
		completion_offer_columns(want, want->columns, what == COMPLETE_SORT);
		break;
	case COMPLETE_FILTER: completion_offer_filters(want, want->columns); break;
	case COMPLETE_LAUNCH:
		completion_offer_catalog(want);
		completion_offer_from_host(want, what);
		break;
	default: completion_offer_from_host(want, what);
	}
}

static void completion_offer_value(const struct want *want, const struct opt *opt)
{
	if (opt->kind == OPT_CHOICE)
		for (const struct choice *c = opt->choices; c->name; c++)
			completion_offer(want, c->name, "");
	else
		completion_offer_kind(want, opt->complete);
}

static void completion_offer_word(const struct want *want, const struct line *line)
{
	size_t n = 0;
	const struct word *words = line->cmd->words;

	if (line->args.is_split && words[0].many) /* the words of a command there */
		return;
	while (words[n].name && n < line->args.n_words && !(words[n].many && words[n + 1].name))
		n++;
	if (words[n].name)
		completion_offer_kind(want, words[n].complete);
	else if (n && words[n - 1].many)
		completion_offer_kind(want, words[n - 1].complete);
}

/* The option whose value is the next word, or NULL. */
static const struct opt *line_find_pending_opt(const struct line *line, const char *const *words,
					       size_t n)
{
	const struct opt *opt = n ? find_opt(line->cmd, words[n - 1]) : NULL;

	return opt && opt->kind != OPT_FLAG ? opt : NULL;
}

void complete_write(const char *const *words, size_t n, FILE *to)
{
	struct vbc_error err = {0};
	struct line line;

	if (n == 0)
		return;
	/* An option without its value is the last word that fails, after all others were read. */
	parse_line(words, n - 1, &line, &err);
	struct want want = {words[n - 1], to, &line.args, NULL};
	const struct opt *opt = line_find_pending_opt(&line, words, n - 1);

	if (line.cmd)
		want.columns = line.cmd->columns ? line.cmd->columns : line.cmd->chosen;
	if (opt) {
		completion_offer_value(&want, opt);
	} else if (want.start[0] == '-') {
		if (line.cmd)
			completion_offer_opts(&want, line.cmd->opts);
		if (line.cmd && line.cmd->would)
			completion_offer_opts(&want, change_opts);
		completion_offer_opts(&want, global_opts);
	} else if (!line.cmd) {
		completion_offer_cmds(&want, &line);
	} else {
		completion_offer_word(&want, &line);
	}
	free(line.args.words);
}
