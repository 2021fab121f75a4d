/* SPDX-License-Identifier: Apache-2.0 */
#include "config-fleet.h"

#include <stdlib.h>

#include <vboxcloud/error.h>

#include "util.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

struct config_fleet *config_find_fleet(const struct config_file *file, const char *name)
{
	for (size_t i = 0; i < file->n_fleets; i++)
		if (streq(file->fleets[i].name, name))
			return &file->fleets[i];
	return NULL;
}

struct config_fleet *config_take_fleet(struct config_file *file, const char *name, unsigned line)
{
	struct config_fleet *fleet = config_find_fleet(file, name);

	if (fleet)
		return fleet;
	file->fleets = must(realloc(file->fleets, (file->n_fleets + 1) * sizeof(*file->fleets)));
	fleet = &file->fleets[file->n_fleets++];
	*fleet = (struct config_fleet){.name = must(strdup(name)), .line = line};
	return fleet;
}

void config_fleets_done(struct config_file *file)
{
	for (size_t i = 0; i < file->n_fleets; i++) {
		free(file->fleets[i].name);
		free(file->fleets[i].hosts);
		free(file->fleets[i].place);
		free(file->fleets[i].cpu_overcommit);
		free(file->fleets[i].memory_overcommit);
	}
	free(file->fleets);
}

bool config_name_is_good(const char *name)
{
	return *name && !name[strspn(name, LETTERS DIGITS "-_")] && strpbrk(name, LETTERS) &&
	       strchr(LETTERS DIGITS, *name) && strlen(name) <= CONFIG_NAME_MAX;
}

const char *config_fleet_name_is_wrong(const char *name)
{
	if (streq(name, FLEET_ALL))
		return "the fleet of that name is all hosts";
	if (!config_name_is_good(name))
		return "the name of a fleet has up to 63 letters, digits, - and _";
	return NULL;
}

const char *config_next_host(const char **list, const char *separators, size_t *ret_n)
{
	const char *at = *list + strspn(*list, separators);

	*ret_n = strcspn(at, separators);
	*list = at + *ret_n;
	return at;
}

/* Whether it is in the list, before `end` of it. */
static bool list_has_host(const char *list, const char *end, const char *name)
{
	const char *at;
	size_t n;

	while ((at = config_next_host(&list, FLEET_SEPARATORS, &n)) < end && n)
		if (n == strlen(name) && !memcmp(at, name, n))
			return true;
	return false;
}

bool config_fleet_has(const struct config_fleet *fleet, const char *host)
{
	return list_has_host(fleet->hosts, fleet->hosts + strlen(fleet->hosts), host);
}

static int fleet_check_host(const struct config_file *file, const struct config_fleet *fleet,
			    const char *at, size_t n, struct vbc_error *err)
{
	char *name FREE = format("%.*s", (int)n, at);

	if (list_has_host(fleet->hosts, at, name))
		return fail(err, VBC_E_ARG, "%s:%u: fleet '%s' has the host '%s' twice", file->path,
			    fleet->line, fleet->name, name);
	if (config_file_find(file, name))
		return 0;
	return fail(err, VBC_E_ARG,
		    "%s:%u: fleet '%s' has a host '%s', for which there is no section [host %s]",
		    file->path, fleet->line, fleet->name, name, name);
}

static int fleet_check(const struct config_file *file, const struct config_fleet *fleet,
		       struct vbc_error *err)
{
	const char *list = fleet->hosts ? fleet->hosts : "", *at;
	size_t n, all = 0;
	int rc = 0;

	if (config_file_find(file, fleet->name))
		return fail(err, VBC_E_ARG, "%s:%u: there is a host '%s', too; rename one of them",
			    file->path, fleet->line, fleet->name);
	for (; !rc && (at = config_next_host(&list, FLEET_SEPARATORS, &n), n); all++)
		rc = fleet_check_host(file, fleet, at, n, err);
	if (rc || all)
		return rc;
	return fail(err, VBC_E_ARG,
		    "%s:%u: section [fleet %s] has no hosts: add them, like hosts = lab1 lab2",
		    file->path, fleet->line, fleet->name);
}

int config_check_fleets(const struct config_file *file, struct vbc_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < file->n_fleets; i++)
		rc = fleet_check(file, &file->fleets[i], err);
	return rc;
}

void labels_done(struct labels *labels)
{
	free(labels->v);
	free(labels->text);
}

static bool label_is_word(const char *word)
{
	return *word && !word[strspn(word, LETTERS DIGITS "-_.")];
}

/* Takes "rack=a" apart, in place. */
static char *labels_add(struct labels *labels, char *label)
{
	char *value = strchr(label, '=');
	char *whole FREE = must(strdup(label));

	if (value)
		*value++ = 0;
	if (!label_is_word(label) || (value && !label_is_word(value)))
		return format("cannot have '%.100s': a label is KEY or KEY=VALUE, made of "
			      "letters, digits, dots, - and _",
			      whole);
	for (size_t i = 0; i < labels->n; i++)
		if (streq(labels->v[i].key, label))
			return format("has '%s' twice", label);
	labels->v = must(realloc(labels->v, (labels->n + 1) * sizeof(*labels->v)));
	labels->v[labels->n++] = (struct pair){label, value ? value : ""};
	return NULL;
}

char *config_labels_read(const char *text, struct labels *ret)
{
	char *why = NULL;

	*ret = (struct labels){.text = must(strdup(text))};
	for (char *at = ret->text; !why && at;) {
		size_t n = strcspn(at, ","), end = n;
		char *next = at[n] ? at + n + 1 : NULL;

		while (end && strchr(" \t", at[end - 1]))
			end--;
		at[end] = 0;
		why = labels_add(ret, at + strspn(at, " \t"));
		at = next;
	}
	if (why)
		labels_done(ret);
	return why;
}

bool config_factor_read(const char *text, double *ret)
{
	double factor = 0, unit = 1;
	size_t whole = strspn(text, DIGITS), n = whole;

	if (!whole || whole > 3)
		return false;
	for (size_t i = 0; i < whole; i++)
		factor = factor * 10 + (text[i] - '0');
	if (text[n] == '.')
		for (n++; text[n] && strchr(DIGITS, text[n]); n++)
			factor += (unit /= 10) * (text[n] - '0');
	*ret = factor;
	return !text[n] && text[n - 1] != '.' && factor > 0 && factor <= 100;
}

static double factor_of(const char *own, const char *fleets)
{
	double factor = 0;

	if (own || fleets)
		config_factor_read(own ? own : fleets, &factor);
	return factor;
}

struct vbc_overcommit config_find_overcommit(const struct config_entry *entry,
					     const struct config_fleet *fleet)
{
	return (struct vbc_overcommit){.cpus = factor_of(entry ? entry->cpu_overcommit : NULL,
							 fleet ? fleet->cpu_overcommit : NULL),
				       .memory =
					       factor_of(entry ? entry->memory_overcommit : NULL,
							 fleet ? fleet->memory_overcommit : NULL)};
}
