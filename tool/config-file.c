/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The configuration file.
 */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config-file.h"
#include "home.h"
#include "util.h"

/* What inih is given while it reads. */
struct config_reader {
	FILE *from;
	unsigned line;
	struct config_file *file;
	struct vbc_error why; /* the first line that cannot be used has this wrong */
};

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

/* Called by inih for each line with a value; 0 makes it remember the number of the line. */
static int config_take_value(void *data, const char *section, const char *key, const char *value)
{
	bool is_path = streq(key, "password_file") || streq(key, "ca_file");
	struct config_reader *reader = data;
	struct config_file *file = reader->file;
	char **from;

	if (reader->why.code)
		return 0;
	char **at = config_find_key(file, section, key, &from);

	if (!at) {
		fail(&reader->why, VBC_E_ARG,
		     "'%s' in section [%s] has no meaning: there are [default] with host, and "
		     "[host NAME] with url, user, password_file, ca_file",
		     key, section);
		return 0;
	}
	if (*at) {
		fail(&reader->why, VBC_E_ARG, "'%s' in section [%s] is given twice", key, section);
		return 0;
	}
	if (!*value) /* as with a variable that is empty */
		return 1;
	*at = is_path ? config_expand_path(file, value) : must(strdup(value));
	if (from)
		*from = format("%s:%u: %s of [%s]", file->path, reader->line, key, section);
	return 1;
}

/* Gives inih a line; one that does not fit would be two lines for it. */
static char *config_give_line(char *to, int size, void *data)
{
	struct config_reader *reader = data;
	char *line = fgets(to, size, reader->from);

	reader->line++;
	if (line && strlen(line) + 1 == (size_t)size && line[size - 2] != '\n')
		fail(&reader->why, VBC_E_ARG, "this line is longer than %d bytes", size - 2);
	return line;
}

int config_file_read(struct config_file *ret, struct vbc_error *err)
{
	struct config_reader reader = {.file = ret};

	*ret = (struct config_file){.path = config_file_path()};
	if (!ret->path)
		return 0;
	reader.from = fopen(ret->path, "re");
	if (!reader.from && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!reader.from)
		return fail(err, VBC_E_ARG, "cannot read %s: %s", ret->path, strerror(errno));
	int line = ini_parse_stream(config_give_line, &reader, config_take_value, &reader);

	fclose(reader.from);
	if (!line)
		return 0;
	return fail(err, VBC_E_ARG, "%s:%d: %s", ret->path, line,
		    reader.why.code ? reader.why.text
				    : "this is neither a section nor 'key = value'");
}
