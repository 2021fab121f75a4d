/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What to connect to: --host, the environment and the configuration file, in this order.
 */
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config-fleet.h"
#include "util.h"

#define DEFAULT_URL  "http://127.0.0.1:18083"
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

void target_done(struct target *target)
{
	free(target->url);
	free(target->from);
	free(target->user);
	free(target->password_file);
	free(target->ca_file);
	free(target->fingerprint);
	free(target->ssh);
}

/* A variable that is empty is not set. */
static const char *env_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Replaces *at by the variable's value if it has one. */
static void env_replace(const char *name, char **at)
{
	const char *value = env_get(name);

	if (value) {
		free(*at);
		*at = must(strdup(value));
	}
}

/* A name that is nearly a section's is more likely a slip than another machine. */
static int config_check_name(const struct config_file *file, const char *host,
			     struct vbc_error *err)
{
	size_t n = file->n + file->n_fleets;
	const char **names FREE = must(calloc(n + 1, sizeof(*names)));

	if (!*host || host[strspn(host, NAME_LETTERS)])
		return 0; /* more than a name; it may hold a password */
	for (size_t i = 0; i < file->n; i++)
		names[i] = file->entries[i].name;
	for (size_t i = 0; i < file->n_fleets; i++)
		names[file->n + i] = file->fleets[i].name;
	const char *near = nearest(host, names, n);

	if (!near)
		return 0;
	return fail(err, VBC_E_ARG,
		    "no host '%s' in %s: did you mean '%s'? the machine of that name is http://%s",
		    host, file->path, near, host);
}

/* What names the host or hosts, and who said so. */
static const char *config_choose_word(const struct config_file *file, const char *host,
				      const char **ret_from)
{
	*ret_from = "--host";
	if (host)
		return host;
	*ret_from = "VBOXCLOUD_HOST";
	host = env_get(*ret_from);
	if (host)
		return host;
	*ret_from = file->default_from ? file->default_from : "the default";
	return file->default_host ? file->default_host : DEFAULT_URL;
}

/* Names of hosts, and what is between them; NULL: none. */
struct name_list {
	char *names;
	const char *separators;
};

static void name_list_done(struct name_list *list)
{
	free(list->names);
}

static struct name_list config_list_all(const struct config_file *file)
{
	struct name_list list = {.names = must(strdup("")), .separators = "\n"};

	for (size_t i = 0; i < file->n; i++) {
		char *longer = format("%s%s\n", list.names, file->entries[i].name);

		free(list.names);
		list.names = longer;
	}
	return list;
}

/* What a word that names several hosts stands for; none: it names one. */
static struct name_list config_find_list(const struct config_file *file, const char *word)
{
	const struct config_fleet *fleet = config_find_fleet(file, word);

	if (config_file_find(file, word))
		return (struct name_list){.names = NULL};
	if (fleet)
		return (struct name_list){must(strdup(fleet->hosts)), FLEET_SEPARATORS};
	if (streq(word, FLEET_ALL))
		return config_list_all(file);
	if (strchr(word, ',') && !strchr(word, '@')) /* what is before that may be a password */
		return (struct name_list){must(strdup(word)), FLEET_SEPARATORS};
	return (struct name_list){.names = NULL};
}

static int config_refuse_list(const struct name_list *list, const char *word, struct vbc_error *err)
{
	const char *at = list->names, *first;
	size_t n, first_n, all = 0;

	first = config_next_host(&at, list->separators, &first_n);
	for (n = first_n; n; config_next_host(&at, list->separators, &n))
		all++;
	if (!all && streq(word, FLEET_ALL))
		return fail(err, VBC_E_ARG,
			    "'%s' is no host: none is configured; 'vboxcloud host add NAME URL' "
			    "adds one",
			    word);
	if (!all)
		return fail(err, VBC_E_ARG, "'%s' names no host", word);
	return fail(err, VBC_E_ARG,
		    "'%s' is %zu host%s, and this is done on one: name it, like '%.*s'", word, all,
		    all == 1 ? "" : "s", (int)first_n, first);
}

/* What one host's word stands for; `from`: who said it. */
static int config_choose_target(struct config_file *file, const char *word, const char *from,
				struct target *ret, struct vbc_error *err)
{
	struct config_entry *entry = config_file_find(file, word);
	struct name_list CLEANUP(name_list_done) list = config_find_list(file, word);

	if (list.names)
		return config_refuse_list(&list, word, err);
	if (entry && !entry->target.url)
		return fail(err, VBC_E_ARG,
			    "section [host %s] of %s has no url: add one, like url = NAME:18083",
			    word, file->path);
	if (entry) {
		*ret = entry->target;
		entry->target = (struct target){.url = NULL};
		return 0;
	}
	int rc = config_check_name(file, word, err);

	if (rc)
		return rc;
	ret->url = must(strdup(word));
	ret->from = must(strdup(from));
	return 0;
}

static void target_take_environment(struct target *target)
{
	env_replace("VBOXCLOUD_USER", &target->user);
	env_replace("VBOXCLOUD_PASSWORD_FILE", &target->password_file);
	env_replace("VBOXCLOUD_CA_FILE", &target->ca_file);
	env_replace("VBOXCLOUD_FINGERPRINT", &target->fingerprint);
}

int config_target(const char *host, struct target *ret, struct vbc_error *err)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	int rc = config_file_read(&file, err);
	const char *from, *word = config_choose_word(&file, host, &from);

	if (!rc)
		rc = config_choose_target(&file, word, from, ret, err);
	if (!rc)
		target_take_environment(ret);
	return rc;
}

static void named_target_done(struct named_target *named)
{
	free(named->name);
	free(named->labels);
	target_done(&named->target);
}

void targets_done(struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		named_target_done(&targets->v[i]);
	free(targets->v);
	free(targets->word);
}

void targets_keep(struct targets *targets, const bool *kept)
{
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++) {
		if (kept[i]) {
			targets->v[n++] = targets->v[i];
			continue;
		}
		named_target_done(&targets->v[i]);
	}
	targets->n = n;
}

/* Takes `name` over. */
static int targets_add(struct config_file *file, char *name, const char *from, struct targets *to,
		       struct vbc_error *err)
{
	struct named_target *target = &to->v[to->n++];
	const struct config_entry *entry = config_file_find(file, name);

	*target = (struct named_target){.name = name};
	target->labels = entry && entry->labels ? must(strdup(entry->labels)) : NULL;
	target->overcommit = config_find_overcommit(entry, config_find_fleet(file, to->word));
	for (size_t i = 0; i + 1 < to->n; i++)
		if (streq(to->v[i].name, name))
			return fail(err, VBC_E_ARG, "'%s' names the host '%s' twice", to->word,
				    name);
	int rc = config_choose_target(file, name, from, &target->target, err);

	if (!rc)
		target_take_environment(&target->target);
	return rc;
}

int config_targets(const char *host, struct targets *ret, struct vbc_error *err)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	int rc = config_file_read(&file, err);
	const char *from, *word = config_choose_word(&file, host, &from), *at, *rest;
	struct name_list CLEANUP(name_list_done) list = {.names = NULL};
	size_t n;

	*ret = (struct targets){.word = must(strdup(word))};
	if (!rc)
		list = config_find_list(&file, word);
	if (!list.names)
		return rc;
	const struct config_fleet *fleet = config_find_fleet(&file, word);

	ret->packs = fleet && fleet->place && streq(fleet->place, PLACE_PACK);
	rest = list.names;
	ret->v = must(calloc(strlen(rest) + 1, sizeof(*ret->v)));
	while (!rc && (at = config_next_host(&rest, list.separators, &n), n))
		rc = targets_add(&file, format("%.*s", (int)n, at), from, ret, err);
	return rc || ret->n ? rc : config_refuse_list(&list, word, err);
}

bool config_says_nothing(const char *host)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	struct vbc_error err = {0};

	return !host && !env_get("VBOXCLOUD_HOST") && !config_file_read(&file, &err) && !file.n &&
	       !file.default_host;
}

char **config_hosts(bool with_fleets, size_t *ret_n)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	struct vbc_error err = {0};

	config_file_read(&file, &err);
	char **names = must(calloc(file.n + file.n_fleets + 1, sizeof(*names)));

	for (size_t i = 0; i < file.n; i++)
		names[i] = must(strdup(file.entries[i].name));
	*ret_n = file.n;
	for (size_t i = 0; with_fleets && i < file.n_fleets; i++)
		names[(*ret_n)++] = must(strdup(file.fleets[i].name));
	return names;
}
