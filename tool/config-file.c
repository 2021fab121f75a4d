/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The configuration file.
 */
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config-fleet.h"
#include "file.h"
#include "home.h"
#include "jump.h"
#include "text.h"
#include "util.h"

#define CONFIG_MAX 1048576

/* What inih is given while it reads. */
struct config_reader {
	const char *at, *end; /* what it has not had yet */
	unsigned line;
	char *section;
	struct config_file *file;
	struct vbc_error why; /* the first line that cannot be used has this wrong */
	unsigned why_line;
};

void config_file_done(struct config_file *file)
{
	for (size_t i = 0; i < file->n; i++) {
		free(file->entries[i].name);
		free(file->entries[i].labels);
		free(file->entries[i].cpu_overcommit);
		free(file->entries[i].memory_overcommit);
		target_done(&file->entries[i].target);
	}
	config_fleets_done(file);
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

struct config_entry *config_file_find(const struct config_file *file, const char *name)
{
	for (size_t i = 0; i < file->n; i++)
		if (streq(file->entries[i].name, name))
			return &file->entries[i];
	return NULL;
}

static struct config_entry *config_take_entry(struct config_file *file, const char *name)
{
	struct config_entry *entry = config_file_find(file, name);

	if (entry)
		return entry;
	file->entries = must(realloc(file->entries, (file->n + 1) * sizeof(*file->entries)));
	file->entries[file->n] = (struct config_entry){.name = must(strdup(name))};
	return &file->entries[file->n++];
}

__attribute__((format(printf, 2, 3))) static int config_refuse_line(struct config_reader *reader,
								    const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	if (reader->why.code)
		return 0;
	va_start(args, fmt);
	must(vasprintf(&text, fmt, args) < 0 ? NULL : text);
	va_end(args);
	fail(&reader->why, VBC_E_ARG, "%s", text);
	reader->why_line = reader->line;
	free(text);
	return 0;
}

/* Without white space around it, nor quotes around all of it; NULL: a quote does not end. */
static char *config_clean_word(const char *word, size_t n)
{
	while (n && strchr(" \t\r\n", word[n - 1]))
		n--;
	while (n && strchr(" \t", *word)) {
		word++;
		n--;
	}
	if (n && (*word == '"' || *word == '\'')) {
		if (n < 2 || word[n - 1] != *word || memchr(word + 1, *word, n - 2))
			return NULL;
		word++;
		n -= 2;
	}
	return must(strndup(word, n));
}

/* The name in [KIND NAME]; NULL when it is no such section. */
static char *config_section_name(const char *section, const char *kind)
{
	size_t n = strlen(kind);
	char *name = starts_with(section, kind) && (section[n] == ' ' || section[n] == '\t')
			     ? config_clean_word(section + n + 1, strlen(section + n + 1))
			     : NULL;

	if (name && *name)
		return name;
	free(name);
	return NULL;
}

char *config_section_host(const char *section)
{
	return config_section_name(section, "host");
}

static void config_begin_fleet(struct config_reader *reader, const char *name)
{
	const char *why = config_fleet_name_is_wrong(name);

	if (why)
		config_refuse_line(reader, "a fleet cannot be called '%.100s': %s", name, why);
	else
		config_take_fleet(reader->file, name, reader->line);
}

/* inih tells of sections only by their keys, and of long names only the beginning. */
static void config_take_section(struct config_reader *reader, const char *line)
{
	const char *end = line[0] == '[' ? strchr(line, ']') : NULL;
	const char *rest = end ? end + 1 + strspn(end + 1, " \t\r\n") : NULL;

	if (!end)
		return;
	free(reader->section);
	reader->section = must(strndup(line + 1, (size_t)(end - line) - 1));
	char *name FREE = config_section_host(reader->section);
	char *fleet FREE = config_section_name(reader->section, "fleet");

	if (name)
		config_take_entry(reader->file, name);
	else if (fleet)
		config_begin_fleet(reader, fleet);
	else if (!streq(reader->section, "default"))
		config_refuse_line(reader,
				   "section [%s] is unknown; the sections are [default], [host "
				   "NAME] and [fleet NAME]",
				   reader->section);
	if (*rest && *rest != '#' && *rest != ';')
		config_refuse_line(reader,
				   "there is more on the line of section [%s]; put that "
				   "on the next line",
				   reader->section);
}

/* The keys of a host. */
static const struct {
	const char *name;
	size_t at; /* of its value in struct target */
} host_keys[] = {
	{"url", offsetof(struct target, url)},
	{"user", offsetof(struct target, user)},
	{"password_file", offsetof(struct target, password_file)},
	{"ca_file", offsetof(struct target, ca_file)},
	{"fingerprint", offsetof(struct target, fingerprint)},
	{"ssh", offsetof(struct target, ssh)},
};

static char **config_find_host_key(struct config_file *file, const char *name, const char *key,
				   char ***ret_from)
{
	struct config_entry *entry = config_take_entry(file, name);

	if (streq(key, "labels"))
		return &entry->labels;
	if (streq(key, "cpu_overcommit"))
		return &entry->cpu_overcommit;
	if (streq(key, "memory_overcommit"))
		return &entry->memory_overcommit;
	if (streq(key, "url"))
		*ret_from = &entry->target.from;
	for (size_t i = 0; i < COUNT(host_keys); i++)
		if (streq(key, host_keys[i].name))
			return (char **)((char *)&entry->target + host_keys[i].at);
	return NULL;
}

static char **config_find_fleet_key(struct config_reader *reader, const char *name, const char *key)
{
	struct config_fleet *fleet = config_find_fleet(reader->file, name);

	if (!fleet)
		return NULL;
	if (streq(key, "place"))
		return &fleet->place;
	if (streq(key, "cpu_overcommit"))
		return &fleet->cpu_overcommit;
	if (streq(key, "memory_overcommit"))
		return &fleet->memory_overcommit;
	if (!streq(key, "hosts"))
		return NULL;
	fleet->line = reader->line;
	return &fleet->hosts;
}

/* Where the value of a key goes, or NULL when there is no such key. */
static char **config_find_key(struct config_reader *reader, const char *section, const char *key,
			      char ***ret_from)
{
	struct config_file *file = reader->file;
	char *host FREE = config_section_host(section);
	char *fleet FREE = config_section_name(section, "fleet");

	*ret_from = NULL;
	if (host)
		return config_find_host_key(file, host, key, ret_from);
	if (fleet)
		return config_find_fleet_key(reader, fleet, key);
	if (!streq(section, "default"))
		return NULL;
	*ret_from = &file->default_from;
	return streq(key, "host") ? &file->default_host : NULL;
}

/* Of those keys that take no text whatever; NULL: it can be used. Else the caller's. */
static char *config_find_wrong(const char *key, const char *value)
{
	struct labels labels;
	double factor;
	char *why;

	if (streq(key, "place") && !streq(value, PLACE_SPREAD) && !streq(value, PLACE_PACK))
		return format("cannot be '%.100s': it is " PLACE_SPREAD " or " PLACE_PACK, value);
	if (strstr(key, "_overcommit") && !config_factor_read(value, &factor))
		return format("cannot be '%.100s': it is a number above 0 and up to 100, like 1.5",
			      value);
	if (streq(key, "ssh") && !jump_is_destination(value))
		return format("cannot be '%s': it is HOST or USER@HOST, and may end in :PORT",
			      value);
	if (!streq(key, "labels"))
		return NULL;
	why = config_labels_read(value, &labels);
	if (!why)
		labels_done(&labels);
	return why;
}

/* Called by inih for each line with a value; 0 makes it remember the number of the line. */
static int config_take_value(void *data, const char *cut_section, const char *key, const char *text)
{
	bool is_path = streq(key, "password_file") || streq(key, "ca_file");
	struct config_reader *reader = data;
	struct config_file *file = reader->file;
	const char *section = reader->section ? reader->section : cut_section;
	char **from, **at = config_find_key(reader, section, key, &from);
	char *value FREE = config_clean_word(text, strlen(text));

	if (!at)
		return config_refuse_line(
			reader,
			"'%s' in section [%s] is not a known key; there are [default] with host, "
			"[host NAME] with url, user, password_file, ca_file, fingerprint, ssh, "
			"labels, cpu_overcommit, memory_overcommit, and [fleet NAME] with hosts, "
			"place, cpu_overcommit, memory_overcommit",
			key, section);
	if (*at)
		return config_refuse_line(reader, "'%s' in section [%s] is given twice", key,
					  section);
	if (!value)
		return config_refuse_line(reader, "the quotes of '%s' in section [%s] do not match",
					  key, section);
	if (*text != '"' && *text != '\'' && (strstr(value, " #") || strstr(value, "\t#")))
		return config_refuse_line(reader,
					  "a comment with # cannot follow the value of '%s' in "
					  "section [%s]; put it on a line of its own",
					  key, section);
	if (!*value) /* as with a variable that is empty */
		return 1;
	char *why FREE = config_find_wrong(key, value);

	if (why)
		return config_refuse_line(reader, "'%s' in section [%s] %s", key, section, why);
	*at = is_path ? config_expand_path(file, value) : must(strdup(value));
	if (from)
		*from = format("%s:%u: %s of [%s]", file->path, reader->line, key, section);
	return 1;
}

/* Gives inih a line without what stands before its first word, which would continue the last one.
 */
static char *config_give_line(char *to, int size, void *data)
{
	struct config_reader *reader = data;
	const char *line = reader->at;
	size_t n = 0, most = (size_t)size - 2, left = (size_t)(reader->end - line);

	if (!left)
		return NULL;
	while (n < left && line[n] != '\n' && line[n] != '\r')
		n++;
	reader->at += n < left ? n + 1 : n;
	if (n + 1 < left && line[n] == '\r' && line[n + 1] == '\n')
		reader->at++;
	reader->line++;
	while (n && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	if (n > most) { /* it would be two lines for inih */
		if (*line != '#' && *line != ';')
			config_refuse_line(reader, "this line is longer than %zu bytes", most);
		n = most;
	}
	memcpy(to, line, n);
	memcpy(to + n, "\n", 2);
	config_take_section(reader, to);
	return to;
}

char *config_file_text(const struct config_file *file, struct vbc_error *err)
{
	size_t n = 0;
	char *text = read_bytes(file->path, CONFIG_MAX, &n, err);
	const char *encoding = text ? text_other_encoding(text, n) : NULL;

	if (!text && err->code == VBC_E_NOTFOUND)
		*err = (struct vbc_error){0};
	if (!text)
		return NULL;
	if (encoding)
		fail(err, VBC_E_ARG, "cannot use %s: it is text in %s; save it as UTF-8",
		     file->path, encoding);
	else if (n == CONFIG_MAX || memchr(text, 0, n))
		fail(err, VBC_E_ARG, "cannot use %s: it is not a small text file", file->path);
	else
		return text;
	free(text);
	return NULL;
}

int config_file_parse(struct config_file *file, const char *text, struct vbc_error *err)
{
	struct config_reader reader = {.file = file};

	reader.at = starts_with(text, "\xef\xbb\xbf") ? text + 3 : text;
	reader.end = text + strlen(text);
	int line = ini_parse_stream(config_give_line, &reader, config_take_value, &reader);

	free(reader.section);
	if (reader.why.code && (!line || reader.why_line <= (unsigned)line))
		return fail(err, VBC_E_ARG, "%s:%u: %s", file->path, reader.why_line,
			    reader.why.text);
	if (line)
		return fail(err, VBC_E_ARG, "%s:%d: this is neither a section nor 'key = value'",
			    file->path, line);
	return config_check_fleets(file, err);
}

struct config_file config_file_open(void)
{
	return (struct config_file){.path = config_file_path()};
}

int config_file_read(struct config_file *ret, struct vbc_error *err)
{
	*ret = config_file_open();
	char *text FREE = ret->path ? config_file_text(ret, err) : NULL;

	if (!text)
		return ret->path ? err->code : 0;
	return config_file_parse(ret, text, err);
}
