/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet-find.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "connect.h"
#include "report.h"
#include "util.h"

#define EVERYWHERE SIZE_MAX

/* What is looked for. */
struct search {
	enum complete kind;
	const char *word;
	size_t only; /* the host that is asked, or EVERYWHERE */
};

static const char *kind_name(enum complete kind)
{
	switch (kind) {
	case COMPLETE_NODE: return "node";
	case COMPLETE_IMAGE: return "image";
	case COMPLETE_VOLUME: return "volume";
	case COMPLETE_KEY: return "key";
	default: return NULL;
	}
}

static int search_ask(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	const struct search *search = data;
	struct vbc_node *node = NULL;
	struct vbc_image *image = NULL;
	struct vbc_volume *volume = NULL;
	struct vbc_key *key = NULL;
	int rc = 0;

	if (search->only != EVERYWHERE && search->only != number)
		return VBC_E_NOTFOUND; /* nothing was sent */
	switch (search->kind) {
	case COMPLETE_NODE: rc = vbc_node_get_fields(host, search->word, 0, &node, err); break;
	case COMPLETE_IMAGE: rc = vbc_image_get(host, search->word, &image, err); break;
	case COMPLETE_VOLUME: rc = vbc_volume_get(host, search->word, &volume, err); break;
	default: rc = vbc_key_get(host, search->word, &key, err);
	}
	vbc_node_free(node);
	vbc_image_free(image);
	vbc_volume_free(volume);
	vbc_key_free(key);
	return rc;
}

/* Which of the words of a command's row that word is. */
static const struct word *word_find_row(const struct cmd *cmd, const struct args *args, size_t i)
{
	size_t row = 0;

	if (cmd->words[0].many)
		return &cmd->words[cmd->words[1].name && i >= args->n_before];
	while (row < i && row + 1 < COUNT(cmd->words) && cmd->words[row + 1].name)
		row++;
	return &cmd->words[row];
}

/* What names the object that the command is about: a word, or one of two options. */
static const char **args_find_object(const struct cmd *cmd, struct args *args,
				     enum complete *ret_kind)
{
	*ret_kind = cmd->words[0].complete;
	if (args->n_words && kind_name(*ret_kind))
		return &args->words[0];
	*ret_kind = args->node ? COMPLETE_NODE : COMPLETE_VOLUME;
	return args->node ? &args->node : args->volume ? &args->volume : NULL;
}

bool spread_is_possible(const struct cmd *cmd, const struct args *args)
{
	struct args looked_at = *args;
	enum complete kind;

	return !cmd->no_host && args_find_object(cmd, &looked_at, &kind);
}

/* "vb1, vb2 and vb3", those with such a code; the caller's. */
static char *names_join(const char *const *names, const int *codes, size_t n, bool (*is)(int code))
{
	char *text = must(strdup(""));
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		left += is(codes[i]);
	for (size_t i = 0; i < n; i++) {
		if (!is(codes[i]))
			continue;
		left--;
		char *longer = format("%s%s%s", text,
				      !*text ? ""
				      : left ? ", "
					     : " and ",
				      names[i]);

		free(text);
		text = longer;
	}
	return text;
}

/* Also one that several there are called, which the command itself will tell. */
static bool code_is_found(int code)
{
	return !code || code == VBC_E_ARG;
}

static bool code_is_unknown(int code)
{
	return !code_is_found(code) && code != VBC_E_NOTFOUND;
}

static size_t codes_count(const int *codes, size_t n, bool (*is)(int code), size_t *ret_first)
{
	size_t all = 0;

	for (size_t i = n; i-- > 0;) {
		if (!is(codes[i]))
			continue;
		*ret_first = i;
		all++;
	}
	return all;
}

int spread_judge(const char *kind, const char *word, const char *const *names, const int *codes,
		 size_t n, bool strict, size_t *ret, struct vbc_error *err)
{
	size_t first = 0, other = 0, found = codes_count(codes, n, code_is_found, &first);
	size_t unknown = codes_count(codes, n, code_is_unknown, &other);
	char *there FREE = names_join(names, codes, n, code_is_found);
	char *silent FREE = names_join(names, codes, n, code_is_unknown);

	if (unknown == n)
		return fail(err, VBC_E_CONNECT, "none of %zu host%s answered", n,
			    n == 1 ? "" : "s");
	if (found > 1)
		return fail(err, VBC_E_ARG,
			    "there is a %s '%s' on %s: name the one that is meant, like '%s:%s'",
			    kind, word, there, names[first], word);
	if (!found && !unknown && n == 1)
		return fail(err, VBC_E_NOTFOUND, "there is no %s '%s' on %s", kind, word, names[0]);
	if (!found && !unknown)
		return fail(err, VBC_E_NOTFOUND, "there is no %s '%s' on any of %zu hosts", kind,
			    word, n);
	if (!found)
		return fail(err, VBC_E_CONNECT,
			    "no %s '%s' was found on the hosts that answered, and %s do%s not",
			    kind, word, silent, unknown == 1 ? "es" : "");
	if (unknown && strict)
		return fail(err, VBC_E_CONNECT,
			    "there is a %s '%s' on %s, but whether on %s, too, is not known", kind,
			    word, there, silent);
	*ret = first;
	return 0;
}

/* Whether no host could look for it, for what is wrong with the word itself. */
static bool word_is_wrong(const struct spread *spread, const struct vbc_fleet_failures *failures)
{
	if (failures->n < vbc_fleet_count(spread->fleet))
		return false;
	for (size_t i = 0; i < failures->n; i++)
		if (members_find_why(spread->members, failures->v[i]) != &failures->v[i]->error ||
		    failures->v[i]->error.code != VBC_E_ARG)
			return false;
	return true;
}

static int search_judge(const struct search *search, const struct spread *spread,
			const struct vbc_fleet_failures *failures, size_t *ret,
			struct vbc_error *err)
{
	size_t n = vbc_fleet_count(spread->fleet);
	const char **names FREE = must(calloc(n, sizeof(*names)));
	int *codes FREE = must(calloc(n, sizeof(*codes)));

	if (word_is_wrong(spread, failures)) {
		*err = failures->v[0]->error;
		return err->code;
	}
	for (size_t i = 0; i < n; i++)
		names[i] = vbc_fleet_name(spread->fleet, i);
	for (size_t i = 0; i < failures->n; i++) {
		const struct vbc_fleet_failure *failure = failures->v[i];

		codes[failure->number] = failure->error.code;
		if (code_is_unknown(failure->error.code))
			report_failure(failure->host, members_find_why(spread->members, failure));
	}
	return spread_judge(kind_name(search->kind), search->word, names, codes, n,
			    spread->args.strict, ret, err);
}

size_t spread_read_word(const char *const *names, size_t n, const char *word, const char **ret_rest)
{
	size_t longest = 0, host = n;

	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(names[i]);

		if (length <= longest || !starts_with(word, names[i]) || word[length] != ':' ||
		    !word[length + 1])
			continue;
		longest = length;
		host = i;
	}
	if (host < n)
		*ret_rest = word + longest + 1;
	return host;
}

/* The same of a fleet's hosts. */
static bool word_says_host(const struct vbc_fleet *fleet, const char *word, const char **ret_rest,
			   size_t *ret)
{
	size_t n = vbc_fleet_count(fleet);
	const char **names FREE = must(calloc(n, sizeof(*names)));

	for (size_t i = 0; i < n; i++)
		names[i] = vbc_fleet_name(fleet, i);
	size_t host = spread_read_word(names, n, word, ret_rest);

	if (host < n)
		*ret = host;
	return host < n;
}

/* An error of one host, with its name. */
static int fail_on(struct vbc_error *err, const char *host, const struct vbc_error *why)
{
	char *text FREE = format("%s: %s", host, why->text);

	*err = *why;
	snprintf(err->text, sizeof(err->text), "%s", text);
	return err->code;
}

/* Whether one host has it; that there are several is that, too. */
static int host_has(const struct spread *spread, struct search search, bool *ret,
		    struct vbc_error *err)
{
	struct vbc_fleet_failures *failures = NULL;
	int rc = vbc_fleet_each(spread->fleet, search_ask, &search, &failures, err);

	*ret = !rc;
	for (size_t i = 0; !rc && i < failures->n; i++) {
		const struct vbc_fleet_failure *failure = failures->v[i];
		int code = failure->error.code;

		if (failure->number != search.only)
			continue;
		/* A key's name is that of one key, or none that a key can have. */
		*ret = code == VBC_E_ARG && search.kind != COMPLETE_KEY;
		if (code != VBC_E_ARG && code != VBC_E_NOTFOUND)
			rc = fail_on(err, failure->host,
				     members_find_why(spread->members, failure));
	}
	vbc_fleet_failures_free(failures);
	return rc;
}

/*
 * Of "vb1:web", which may be web on vb1, or what is called so there as a whole: the latter is asked
 * for, lest another than the one that is meant is destroyed. Where it is not there, the command
 * finds out whether the former is.
 */
static int word_resolve(const struct spread *spread, enum complete kind, const char **word,
			const char *rest, size_t host, struct vbc_error *err)
{
	struct search search = {.kind = kind, .word = *word, .only = host};
	const char *name = vbc_fleet_name(spread->fleet, host);
	bool whole = false, part = false;
	int rc = host_has(spread, search, &whole, err);

	search.word = rest;
	if (!rc && whole)
		rc = host_has(spread, search, &part, err);
	if (rc)
		return rc;
	if (whole && part)
		return fail(err, VBC_E_ARG,
			    "'%s' is a %s's whole name on %s, and a %s '%s' is there, too: use the "
			    "id of the one that is meant",
			    *word, kind_name(kind), name, kind_name(kind), rest);
	if (!whole)
		*word = rest;
	return 0;
}

static int word_find_host(const struct spread *spread, enum complete kind, const char **word,
			  size_t *ret, struct vbc_error *err)
{
	struct search search = {.kind = kind, .word = *word, .only = EVERYWHERE};
	struct vbc_fleet_failures *failures = NULL;
	const char *rest;

	if (word_says_host(spread->fleet, *word, &rest, ret))
		return word_resolve(spread, kind, word, rest, *ret, err);
	int rc = vbc_fleet_each(spread->fleet, search_ask, &search, &failures, err);

	if (!rc)
		rc = search_judge(&search, spread, failures, ret, err);
	vbc_fleet_failures_free(failures);
	return rc;
}

/* Another object, beside the first, which must be on that one's host. */
static int word_check_host(const struct spread *spread, enum complete kind, const char **word,
			   size_t host, struct vbc_error *err)
{
	const char *rest;
	size_t its = host;

	if (!word_says_host(spread->fleet, *word, &rest, &its))
		return 0;
	if (its == host)
		return word_resolve(spread, kind, word, rest, host, err);
	return fail(err, VBC_E_ARG, "'%s' is not on %s, where this is done", *word,
		    vbc_fleet_name(spread->fleet, host));
}

static int spread_find_word(struct spread *spread, const struct cmd *cmd, size_t i,
			    struct vbc_error *err)
{
	const struct word *row = word_find_row(cmd, &spread->args, i);
	const char **word = &spread->args.words[i];

	spread->hosts[i] = spread->hosts[0];
	if (!kind_name(row->complete))
		return 0;
	if (i && row != &cmd->words[0])
		return word_check_host(spread, row->complete, word, spread->hosts[0], err);
	return word_find_host(spread, row->complete, word, &spread->hosts[i], err);
}

static int spread_find_words(struct spread *spread, const struct cmd *cmd, struct vbc_error *err)
{
	enum complete kind;
	const char **object = args_find_object(cmd, &spread->args, &kind);
	size_t host = 0;
	int rc = 0;

	if (object != &spread->args.words[0] || !spread->args.n_words) {
		rc = word_find_host(spread, kind, object, &host, err);
		for (size_t i = 0; i <= spread->args.n_words; i++)
			spread->hosts[i] = host;
		return rc;
	}
	for (size_t i = 0; !rc && i < spread->args.n_words; i++)
		rc = spread_find_word(spread, cmd, i, err);
	if (!rc && spread->args.node)
		rc = word_check_host(spread, COMPLETE_NODE, &spread->args.node, spread->hosts[0],
				     err);
	return rc;
}

static struct spread *spread_new(struct ctx *ctx, const struct args *args, struct targets *targets)
{
	struct spread *spread = must(calloc(1, sizeof(*spread)));

	spread->fleet = ctx->fleet;
	ctx->fleet = NULL;
	spread->members = ctx->members;
	spread->n = targets->n;
	spread->jumps = must(calloc(targets->n, sizeof(*spread->jumps)));
	spread->lost = must(calloc(targets->n, sizeof(*spread->lost)));
	for (size_t i = 0; i < targets->n; i++) {
		spread->jumps[i] = targets->v[i].target.ssh;
		targets->v[i].target.ssh = NULL;
	}
	spread->args = *args;
	spread->args.words = must(calloc(args->n_words + 1, sizeof(*args->words)));
	for (size_t i = 0; i < args->n_words; i++)
		spread->args.words[i] = args->words[i];
	spread->hosts = must(calloc(args->n_words + 1, sizeof(*spread->hosts)));
	return spread;
}

void spread_free(struct spread *spread)
{
	if (!spread)
		return;
	vbc_fleet_close(spread->fleet);
	for (size_t i = 0; i < spread->n; i++)
		free(spread->jumps[i]);
	free(spread->jumps);
	free(spread->lost);
	free(spread->args.words);
	free(spread->hosts);
	free(spread);
}

int spread_over(struct ctx *ctx, const struct args *args, struct targets *targets)
{
	int rc = connect_fleet(ctx, args, targets);

	if (!rc)
		ctx->spread = spread_new(ctx, args, targets);
	return rc;
}

void spread_take_hosts(struct ctx *ctx, size_t *hosts)
{
	free(ctx->spread->hosts);
	ctx->spread->hosts = hosts;
}

bool spread_is_on_several(const struct ctx *ctx, size_t n)
{
	for (size_t i = 1; ctx->spread && i < n; i++)
		if (ctx->spread->hosts[i] != ctx->spread->hosts[0])
			return true;
	return false;
}

struct ctx spread_view(const struct ctx *ctx, size_t word)
{
	struct ctx view = *ctx;

	if (ctx->spread) {
		size_t host = ctx->spread->hosts[word];

		view.host = vbc_fleet_host(ctx->spread->fleet, host);
		view.jump = ctx->spread->jumps[host];
	}
	return view;
}

void spread_enter(struct ctx *ctx, size_t host)
{
	struct spread *spread = ctx->spread;

	free(ctx->url);
	free(ctx->jump);
	ctx->host = vbc_fleet_host(spread->fleet, host);
	ctx->url = must(strdup(vbc_host_url(ctx->host)));
	ctx->jump = spread->jumps[host] ? must(strdup(spread->jumps[host])) : NULL;
}

void ctx_leave_hosts(struct ctx *ctx)
{
	if (ctx->spread) { /* whose host it is, of a fleet */
		vbc_fleet_close(ctx->spread->fleet);
		ctx->spread->fleet = NULL;
	} else {
		vbc_host_close(ctx->host);
	}
	ctx->host = NULL;
}

const char *spread_name(const struct ctx *ctx, size_t host)
{
	return vbc_fleet_name(ctx->spread->fleet, host);
}

static bool word_names_host(const char *const *names, size_t n, const char *word, bool *named)
{
	const char *rest;
	size_t host = spread_read_word(names, n, word, &rest);

	if (host < n)
		named[host] = true;
	return host < n;
}

/* Whether all objects of a command say where they are; and which hosts that are. */
static bool args_name_hosts(const struct cmd *cmd, const struct args *args,
			    const char *const *names, size_t n, bool *named)
{
	struct args looked_at = *args;
	enum complete kind;
	const char **object = args_find_object(cmd, &looked_at, &kind);
	bool all = true;

	if (!object)
		return false;
	if (!args->n_words || object != &looked_at.words[0])
		return word_names_host(names, n, *object, named);
	for (size_t i = 0; i < args->n_words; i++) {
		const struct word *row = word_find_row(cmd, args, i);

		if (kind_name(row->complete) && !word_names_host(names, n, args->words[i], named) &&
		    (!i || row == &cmd->words[0]))
			all = false;
	}
	if (args->node)
		word_names_host(names, n, args->node, named);
	return all;
}

/* No more than needs to be known of other hosts than those that are named, as their passwords. */
static void targets_narrow(struct targets *targets, const struct cmd *cmd, const struct args *args)
{
	size_t n = targets->n;
	const char **names FREE = must(calloc(n, sizeof(*names)));
	bool *named FREE = must(calloc(n, sizeof(*named)));

	for (size_t i = 0; i < n; i++)
		names[i] = targets->v[i].name;
	if (args_name_hosts(cmd, args, names, n, named))
		targets_keep(targets, named);
}

int spread_find(const struct cmd *cmd, struct ctx *ctx, const struct args *args,
		struct targets *targets)
{
	targets_narrow(targets, cmd, args);

	int rc = connect_fleet(ctx, args, targets);

	if (rc)
		return rc;
	ctx->spread = spread_new(ctx, args, targets);
	rc = spread_find_words(ctx->spread, cmd, &ctx->err);
	if (!rc)
		spread_enter(ctx, ctx->spread->hosts[0]);
	return rc;
}
