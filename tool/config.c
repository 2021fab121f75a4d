/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What to connect to: --host, the environment and the configuration file, in this order.
 */
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config-file.h"
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
	const char **names FREE = must(calloc(file->n + 1, sizeof(*names)));

	if (!*host || host[strspn(host, NAME_LETTERS)])
		return 0; /* more than a name; it may hold a password */
	for (size_t i = 0; i < file->n; i++)
		names[i] = file->entries[i].name;
	const char *near = nearest(host, names, file->n);

	if (!near)
		return 0;
	return fail(err, VBC_E_ARG,
		    "no host '%s' in %s: did you mean '%s'? the machine of that name is http://%s",
		    host, file->path, near, host);
}

static int config_choose_target(struct config_file *file, const char *host, struct target *ret,
				struct vbc_error *err)
{
	const char *from = "--host";

	if (!host) {
		from = "VBOXCLOUD_HOST";
		host = env_get(from);
	}
	if (!host) {
		from = file->default_from ? file->default_from : "the default";
		host = file->default_host ? file->default_host : DEFAULT_URL;
	}
	struct config_entry *entry = config_file_find(file, host);

	if (entry && !entry->target.url)
		return fail(err, VBC_E_ARG,
			    "section [host %s] of %s has no url: add one, like url = NAME:18083",
			    host, file->path);
	if (entry) {
		*ret = entry->target;
		entry->target = (struct target){.url = NULL};
		return 0;
	}
	int rc = config_check_name(file, host, err);

	if (rc)
		return rc;
	ret->url = must(strdup(host));
	ret->from = must(strdup(from));
	return 0;
}

int config_target(const char *host, struct target *ret, struct vbc_error *err)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	int rc = config_file_read(&file, err);

	if (!rc)
		rc = config_choose_target(&file, host, ret, err);
	if (rc)
		return rc;
	env_replace("VBOXCLOUD_USER", &ret->user);
	env_replace("VBOXCLOUD_PASSWORD_FILE", &ret->password_file);
	env_replace("VBOXCLOUD_CA_FILE", &ret->ca_file);
	env_replace("VBOXCLOUD_FINGERPRINT", &ret->fingerprint);
	return 0;
}

bool config_says_nothing(const char *host)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	struct vbc_error err = {0};

	return !host && !env_get("VBOXCLOUD_HOST") && !config_file_read(&file, &err) && !file.n &&
	       !file.default_host;
}

char **config_hosts(size_t *ret_n)
{
	struct config_file file CLEANUP(config_file_done) = {.path = NULL};
	struct vbc_error err = {0};

	config_file_read(&file, &err);
	char **names = must(calloc(file.n + 1, sizeof(*names)));

	for (size_t i = 0; i < file.n; i++)
		names[i] = must(strdup(file.entries[i].name));
	*ret_n = file.n;
	return names;
}
