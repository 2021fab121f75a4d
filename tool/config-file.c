/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The configuration file.
 */
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config-file.h"
#include "home.h"
#include "ini-file.h"
#include "util.h"

void config_file_done(struct config_file *file)
{
	for (size_t i = 0; i < file->n; i++) {
		free(file->entries[i].name);
		target_done(&file->entries[i].target);
	}
	free(file->entries);
	free(file->default_host);
	free(file->default_from);
	free(file->path);
}

static char *config_file_path(void)
{
	char *folder FREE = home_subfolder("XDG_CONFIG_HOME", ".config");

	return folder ? format("%s/vboxcloud/config.ini", folder) : NULL;
}

/* Paths in the file: "~/x" is in the home directory, "x" beside the file. */
static char *config_expand_path(const struct config_file *file, const char *path)
{
	char *home FREE = starts_with(path, "~/") ? home_folder() : NULL;

	if (home)
		return format("%s%s", home, path + 1);
	if (path[0] == '/')
		return must(strdup(path));
	return format("%.*s/%s", (int)(strrchr(file->path, '/') - file->path), file->path, path);
}

struct config_entry *config_file_find(struct config_file *file, const char *name)
{
	for (size_t i = 0; i < file->n; i++)
		if (streq(file->entries[i].name, name))
			return &file->entries[i];
	return NULL;
}

static struct target *config_take_entry(struct config_file *file, const char *name)
{
	struct config_entry *entry = config_file_find(file, name);

	if (entry)
		return &entry->target;
	file->entries = must(realloc(file->entries, (file->n + 1) * sizeof(*file->entries)));
	file->entries[file->n] = (struct config_entry){.name = must(strdup(name))};
	return &file->entries[file->n++].target;
}

/* Where the value of a key goes, or NULL when there is no such key. */
static char **config_find_key(struct config_file *file, const char *section, const char *key,
			      char ***ret_from)
{
	*ret_from = NULL;
	if (streq(section, "default")) {
		*ret_from = &file->default_from;
		return streq(key, "host") ? &file->default_host : NULL;
	}
	if (!starts_with(section, "host ") || !section[5])
		return NULL;
	struct target *target = config_take_entry(file, section + 5);

	if (streq(key, "url"))
		*ret_from = &target->from;
	return streq(key, "url")             ? &target->url
	       : streq(key, "user")          ? &target->user
	       : streq(key, "password_file") ? &target->password_file
	       : streq(key, "ca_file")       ? &target->ca_file
					     : NULL;
}

static bool config_take_value(struct ini_file *ini, const char *section, const char *key,
			      const char *value)
{
	bool is_path = streq(key, "password_file") || streq(key, "ca_file");
	struct config_file *file = ini->data;
	char **from, **at = config_find_key(file, section, key, &from);

	if (!at) {
		fail(&ini->why, VBC_E_ARG,
		     "'%s' in section [%s] has no meaning: there are [default] with host, and "
		     "[host NAME] with url, user, password_file, ca_file",
		     key, section);
		return false;
	}
	if (*at) {
		fail(&ini->why, VBC_E_ARG, "'%s' in section [%s] is given twice", key, section);
		return false;
	}
	if (!*value) /* as with a variable that is empty */
		return true;
	*at = is_path ? config_expand_path(file, value) : must(strdup(value));
	if (from)
		*from = format("%s:%u: %s of [%s]", file->path, ini->line, key, section);
	return true;
}

int config_file_read(struct config_file *ret, struct vbc_error *err)
{
	struct ini_file ini = {.take = config_take_value, .data = ret};

	*ret = (struct config_file){.path = config_file_path()};
	ini.path = ret->path;
	return ret->path ? ini_file_read(&ini, err) : 0;
}
