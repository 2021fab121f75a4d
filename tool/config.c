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
#include "home.h"
#include "util.h"

#define DEFAULT_URL "http://127.0.0.1:18083"
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

/* A [host NAME] section. */
struct entry {
	char *name;
	struct target target;
};

struct config {
	char *file;    /* its path; NULL where there is no folder for it */
	unsigned line; /* that is being read */
	char *default_host;
	char *default_from; /* who said so */
	struct entry *entries;
	size_t n;
	struct vbc_error *err;
};

void target_done(struct target *target)
{
	free(target->url);
	free(target->from);
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
	free(config->default_from);
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
	char *folder FREE = home_subfolder("XDG_CONFIG_HOME", ".config");

	return folder ? format("%s/vboxcloud/config.ini", folder) : NULL;
}

/* Paths in the file: "~/x" is in the home directory, "x" beside the file. */
static char *expand(const struct config *config, const char *path)
{
	char *home FREE = starts_with(path, "~/") ? home_folder() : NULL;

	if (home)
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
static char **place(struct config *config, const char *section, const char *key, char ***ret_from)
{
	*ret_from = NULL;
	if (streq(section, "default")) {
		*ret_from = &config->default_from;
		return streq(key, "host") ? &config->default_host : NULL;
	}
	if (!starts_with(section, "host ") || !section[5])
		return NULL;
	struct target *target = entry_target(config, section + 5);

	if (streq(key, "url"))
		*ret_from = &target->from;
	return streq(key, "url")             ? &target->url
	       : streq(key, "user")          ? &target->user
	       : streq(key, "password_file") ? &target->password_file
	       : streq(key, "ca_file")       ? &target->ca_file
					     : NULL;
}

/* Called by inih for each line with a value; 0 makes it remember the number of the line. */
static int on_value(void *data, const char *section, const char *key, const char *value)
{
	bool is_path = streq(key, "password_file") || streq(key, "ca_file");
	struct config *config = data;
	char **from;

	if (config->err->code)
		return 0;
	char **at = place(config, section, key, &from);

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
	if (!*value) /* as with a variable that is empty */
		return 1;
	*at = is_path ? expand(config, value) : copy(value);
	if (from)
		*from = format("%s:%u: %s of [%s]", config->file, config->line, key, section);
	return 1;
}

struct source {
	FILE *f;
	struct config *config;
};

/* Gives inih a line; one that does not fit would be two lines for it. */
static char *read_line(char *to, int size, void *data)
{
	const struct source *source = data;
	char *line = fgets(to, size, source->f);

	source->config->line++;
	if (line && strlen(line) + 1 == (size_t)size && line[size - 2] != '\n')
		fail(source->config->err, VBC_E_ARG, "this line is longer than %d bytes", size - 2);
	return line;
}

static int read_config(struct config *config, struct vbc_error *err)
{
	struct vbc_error why = {0};

	if (!config->file)
		return 0;
	FILE *f = fopen(config->file, "re");

	if (!f && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!f)
		return fail(err, VBC_E_ARG, "cannot read %s: %s", config->file, strerror(errno));
	config->err = &why;
	int line = ini_parse_stream(read_line, &(struct source){f, config}, on_value, config);

	fclose(f);
	if (line)
		return fail(err, VBC_E_ARG, "%s:%d: %s", config->file, line,
			    why.code ? why.text : "this is no section and no 'key = value'");
	return 0;
}

/* A name that is nearly a section's is more likely a slip than another machine. */
static int check_name(const struct config *config, const char *host, struct vbc_error *err)
{
	const char **names FREE = must(calloc(config->n + 1, sizeof(*names)));

	if (!*host || host[strspn(host, NAME_LETTERS)])
		return 0; /* more than a name; it may hold a password */
	for (size_t i = 0; i < config->n; i++)
		names[i] = config->entries[i].name;
	const char *near = nearest(host, names, config->n);

	if (!near)
		return 0;
	return fail(err, VBC_E_ARG,
		    "no host '%s' in %s: did you mean '%s'? the machine of that name is http://%s",
		    host, config->file, near, host);
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

static struct entry *find_entry(struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (streq(config->entries[i].name, name))
			return &config->entries[i];
	return NULL;
}

static int choose(struct config *config, const char *host, struct target *ret,
		  struct vbc_error *err)
{
	const char *from = "--host";

	if (!host) {
		from = "VBOXCLOUD_HOST";
		host = env(from);
	}
	if (!host) {
		from = config->default_from ? config->default_from : "the default";
		host = config->default_host ? config->default_host : DEFAULT_URL;
	}
	struct entry *entry = find_entry(config, host);

	if (entry && !entry->target.url)
		return fail(err, VBC_E_ARG,
			    "section [host %s] of %s has no url: add one, as in url = NAME:18083",
			    host, config->file);
	if (entry) {
		*ret = entry->target;
		entry->target = (struct target){.url = NULL};
		return 0;
	}
	int rc = check_name(config, host, err);

	if (rc)
		return rc;
	ret->url = copy(host);
	ret->from = copy(from);
	return 0;
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
