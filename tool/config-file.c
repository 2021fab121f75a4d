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

#include "config-file.h"
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

char *config_section_host(const char *section)
{
	char *name = starts_with(section, "host ") || starts_with(section, "host\t")
			     ? config_clean_word(section + 5, strlen(section + 5))
			     : NULL;

	if (name && *name)
		return name;
	free(name);
	return NULL;
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

	if (name)
		config_take_entry(reader->file, name);
	else if (!streq(reader->section, "default"))
		config_refuse_line(reader,
				   "section [%s] has no meaning: there are [default] and "
				   "[host NAME]",
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

/* Where the value of a key goes, or NULL when there is no such key. */
static char **config_find_key(struct config_file *file, const char *section, const char *key,
			      char ***ret_from)
{
	*ret_from = NULL;
	if (streq(section, "default")) {
		*ret_from = &file->default_from;
		return streq(key, "host") ? &file->default_host : NULL;
	}
	char *name FREE = config_section_host(section);

	if (!name)
		return NULL;
	struct target *target = config_take_entry(file, name);

	if (streq(key, "url"))
		*ret_from = &target->from;
	for (size_t i = 0; i < COUNT(host_keys); i++)
		if (streq(key, host_keys[i].name))
			return (char **)((char *)target + host_keys[i].at);
	return NULL;
}

/* Called by inih for each line with a value; 0 makes it remember the number of the line. */
static int config_take_value(void *data, const char *cut_section, const char *key, const char *text)
{
	bool is_path = streq(key, "password_file") || streq(key, "ca_file");
	struct config_reader *reader = data;
	struct config_file *file = reader->file;
	const char *section = reader->section ? reader->section : cut_section;
	char **from, **at = config_find_key(file, section, key, &from);
	char *value FREE = config_clean_word(text, strlen(text));

	if (!at)
		return config_refuse_line(
			reader,
			"'%s' in section [%s] has no meaning: there are [default] "
			"with host, and [host NAME] with url, user, "
			"password_file, ca_file, fingerprint, ssh",
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
	if (streq(key, "ssh") && !jump_is_place(value))
		return config_refuse_line(reader,
					  "'ssh' in section [%s] cannot be '%s': it is HOST or "
					  "USER@HOST, and may end in :PORT",
					  section, value);
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
	return line ? fail(err, VBC_E_ARG, "%s:%d: this is neither a section nor 'key = value'",
			   file->path, line)
		    : 0;
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
