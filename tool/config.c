/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The configuration file and the environment.
 */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config.h"
#include "util.h"

#define DEFAULT_URL "http://127.0.0.1:18083"

/* A [host NAME] section. */
struct entry {
	char *name;
	struct target target;
};

struct config {
	char *file; /* its path */
	char *default_host;
	struct entry *entries;
	size_t n;
	struct vbc_error *err;
};

void target_done(struct target *target)
{
	free(target->url);
	free(target->user);
	free(target->password_file);
	free(target->ca_file);
}

static void config_done(struct config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		free(config->entries[i].name);
		target_done(&config->entries[i].target);
	}
	free(config->entries);
	free(config->default_host);
	free(config->file);
}

/* A variable that is empty is not set. */
static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static char *copy(const char *s)
{
	return s ? must(strdup(s)) : NULL;
}

static char *config_file(void)
{
	const char *xdg = env("XDG_CONFIG_HOME"), *home = env("HOME");

	if (xdg && xdg[0] == '/')
		return format("%s/vboxcloud/config.ini", xdg);
	return format("%s/.config/vboxcloud/config.ini", home ? home : "");
}

/* Paths in the file: "~/x" is in the home directory, "x" beside the file. */
static char *expand(const struct config *config, const char *path)
{
	const char *home = env("HOME");

	if (starts_with(path, "~/") && home)
		return format("%s%s", home, path + 1);
	if (path[0] == '/')
		return copy(path);
	return format("%.*s/%s", (int)(strrchr(config->file, '/') - config->file), config->file,
		      path);
}

static struct target *entry_target(struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (streq(config->entries[i].name, name))
			return &config->entries[i].target;
	config->entries = must(realloc(config->entries, (config->n + 1) * sizeof(struct entry)));
	config->entries[config->n] = (struct entry){.name = copy(name)};
	return &config->entries[config->n++].target;
}

/* The place for a key of the file, or NULL when there is no such key. */
static char **place(struct config *config, const char *section, const char *key, bool *ret_is_path)
{
	*ret_is_path = streq(key, "password_file") || streq(key, "ca_file");
	if (streq(section, "default"))
		return streq(key, "host") ? &config->default_host : NULL;
	if (!starts_with(section, "host ") || !section[5])
		return NULL;
	struct target *target = entry_target(config, section + 5);

	return streq(key, "url")             ? &target->url
	       : streq(key, "user")          ? &target->user
	       : streq(key, "password_file") ? &target->password_file
	       : streq(key, "ca_file")       ? &target->ca_file
					     : NULL;
}

/* Called by inih for each line with a value; 0 makes it remember the number of the line. */
static int on_value(void *data, const char *section, const char *key, const char *value)
{
	struct config *config = data;
	bool is_path;

	if (config->err->code)
		return 0;
	char **at = place(config, section, key, &is_path);

	if (!at) {
		fail(config->err, VBC_E_ARG,
		     "'%s' in section [%s] means nothing: there are [default] with host, and "
		     "[host NAME] with url, user, password_file, ca_file",
		     key, section);
		return 0;
	}
	if (*at) {
		fail(config->err, VBC_E_ARG, "'%s' in section [%s] is given twice", key, section);
		return 0;
	}
	*at = is_path ? expand(config, value) : copy(value);
	return 1;
}

struct source {
	FILE *f;
	struct vbc_error *err;
};

/* Gives inih a line; one that does not fit would be two lines for it. */
static char *read_line(char *to, int size, void *data)
{
	const struct source *source = data;
	char *line = fgets(to, size, source->f);

	if (line && strlen(line) + 1 == (size_t)size && line[size - 2] != '\n')
		fail(source->err, VBC_E_ARG, "this line is longer than %d bytes", size - 2);
	return line;
}

static int read_config(struct config *config, struct vbc_error *err)
{
	struct vbc_error why = {0};
	FILE *f = fopen(config->file, "re");

	if (!f && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!f)
		return fail(err, VBC_E_ARG, "cannot read %s: %s", config->file, strerror(errno));
	config->err = &why;
	int line = ini_parse_stream(read_line, &(struct source){f, &why}, on_value, config);

	fclose(f);
	if (line)
		return fail(err, VBC_E_ARG, "%s:%d: %s", config->file, line,
			    why.code ? why.text : "this is no section and no 'key = value'");
	return 0;
}

static int unknown_host(const struct config *config, const char *host, struct vbc_error *err)
{
	const char **names FREE = must(calloc(config->n + 1, sizeof(*names)));

	for (size_t i = 0; i < config->n; i++)
		names[i] = config->entries[i].name;
	const char *near = nearest(host, names, config->n);

	if (near)
		return fail(err, VBC_E_ARG, "no host '%s' in %s: did you mean '%s'?", host,
			    config->file, near);
	return fail(err, VBC_E_ARG,
		    "no host '%s' in %s: add a section [host %s] there, or give a URL as in "
		    "http://%s:18083",
		    host, config->file, host, host);
}

/* Replaces *at by the variable's value if it has one. */
static void from_env(char **at, const char *name)
{
	const char *value = env(name);

	if (value) {
		free(*at);
		*at = copy(value);
	}
}

static int choose(struct config *config, const char *host, struct target *ret,
		  struct vbc_error *err)
{
	if (!host)
		host = env("VBOXCLOUD_HOST");
	if (!host)
		host = config->default_host ? config->default_host : DEFAULT_URL;
	if (strstr(host, "://")) {
		ret->url = copy(host);
		return 0;
	}
	for (size_t i = 0; i < config->n; i++) {
		struct entry *entry = &config->entries[i];

		if (!streq(entry->name, host))
			continue;
		if (!entry->target.url)
			return fail(err, VBC_E_ARG, "section [host %s] of %s has no url", host,
				    config->file);
		*ret = entry->target;
		entry->target = (struct target){.url = NULL};
		return 0;
	}
	return unknown_host(config, host, err);
}

int config_target(const char *host, struct target *ret, struct vbc_error *err)
{
	struct config config CLEANUP(config_done) = {.file = config_file()};
	int rc = read_config(&config, err);

	if (!rc)
		rc = choose(&config, host, ret, err);
	if (rc)
		return rc;
	from_env(&ret->user, "VBOXCLOUD_USER");
	from_env(&ret->password_file, "VBOXCLOUD_PASSWORD_FILE");
	from_env(&ret->ca_file, "VBOXCLOUD_CA_FILE");
	return 0;
}

char **config_hosts(size_t *ret_n)
{
	struct config config CLEANUP(config_done) = {.file = config_file()};
	struct vbc_error err = {0};

	read_config(&config, &err);
	char **names = must(calloc(config.n + 1, sizeof(*names)));

	for (size_t i = 0; i < config.n; i++)
		names[i] = copy(config.entries[i].name);
	*ret_n = config.n;
	return names;
}
