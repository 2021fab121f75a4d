/* SPDX-License-Identifier: Apache-2.0 */
#include "config-text.h"

#include <stdio.h>
#include <stdlib.h>

#include "config-file.h"
#include "util.h"

#define MARK  "\xef\xbb\xbf"
#define BLANK " \t\r\n"

enum line_kind { LINE_BLANK, LINE_COMMENT, LINE_SECTION, LINE_VALUE };

/* A line with its end, and the section that it is in or begins. */
struct text_line {
	const char *at;
	size_t n;
	enum line_kind kind;
	const char *section; /* [section_n], without brackets; NULL before the first */
	size_t section_n;
};

struct text_lines {
	struct text_line *v;
	size_t n;
	const char *mark, *end; /* what stands before the first line, how lines end */
};

static void lines_done(struct text_lines *lines)
{
	free(lines->v);
}

/* With its end: "\n", "\r\n" or "\r", as the reader takes them. */
static size_t line_measure(const char *at)
{
	size_t n = strcspn(at, "\r\n");

	if (at[n] == '\r' && at[n + 1] == '\n')
		return n + 2;
	return at[n] ? n + 1 : n;
}

static enum line_kind line_find_kind(const struct text_line *line)
{
	size_t skip = strspn(line->at, " \t");

	if (skip >= line->n || strchr("\r\n", line->at[skip]))
		return LINE_BLANK;
	if (strchr("#;", line->at[skip]))
		return LINE_COMMENT;
	return line->at[skip] == '[' ? LINE_SECTION : LINE_VALUE;
}

static void line_read_section(struct text_line *line)
{
	line->section = line->at + strspn(line->at, " \t") + 1;
	line->section_n = strcspn(line->section, "]\r\n");
}

static struct text_lines lines_split(const char *text)
{
	bool marked = starts_with(text, MARK);
	struct text_lines lines = {.mark = marked ? MARK : "",
				   .end = strstr(text, "\r\n") ? "\r\n" : "\n"};
	const struct text_line *before = NULL;

	for (const char *at = text + strlen(lines.mark); *at; at += before->n) {
		struct text_line line = {.at = at, .n = line_measure(at)};

		line.kind = line_find_kind(&line);
		if (line.kind == LINE_SECTION) {
			line_read_section(&line);
		} else if (before) {
			line.section = before->section;
			line.section_n = before->section_n;
		}
		lines.v = must(realloc(lines.v, (lines.n + 1) * sizeof(*lines.v)));
		lines.v[lines.n] = line;
		before = &lines.v[lines.n++];
	}
	return lines;
}

static bool line_is_of_host(const struct text_line *line, const char *name)
{
	char *section FREE = line->section ? must(strndup(line->section, line->section_n)) : NULL;
	char *host FREE = section ? config_section_host(section) : NULL;

	return host && streq(host, name);
}

static bool line_is_of_default(const struct text_line *line)
{
	return line->section && line->section_n == strlen("default") &&
	       starts_with(line->section, "default");
}

/* Where the value of a line "host = x" begins; 0: it is none. */
static size_t line_find_host_value(const struct text_line *line)
{
	size_t at = strspn(line->at, " \t"), n = strcspn(line->at + at, "=: \t\r\n");

	if (line->kind != LINE_VALUE || n != strlen("host") || !starts_with(line->at + at, "host"))
		return 0;
	at += n;
	at += strspn(line->at + at, " \t");
	return at + 1 + strspn(line->at + at + 1, " \t");
}

/* The line that says which host is the default; lines.n: none does. */
static size_t lines_find_default(const struct text_lines *lines)
{
	size_t found = lines->n;

	for (size_t i = 0; i < lines->n; i++) {
		size_t value =
			line_is_of_default(&lines->v[i]) ? line_find_host_value(&lines->v[i]) : 0;

		if (value && value < lines->v[i].n && !strchr(BLANK, lines->v[i].at[value]))
			return i;
		if (value)
			found = i;
	}
	return found;
}

static char *out_close(FILE *out, char **text)
{
	if (fclose(out) != 0)
		must(NULL);
	return must(*text);
}

static void out_copy(FILE *out, const struct text_lines *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		fwrite(lines->v[i].at, 1, lines->v[i].n, out);
}

/* In quotes where white space or quotes around it, or a # in it, would be taken for something else.
 */
static void out_put_value(FILE *out, const char *key, const char *value, const char *end)
{
	bool plain = *value && !strpbrk(value, "#\"'") && !strchr(" \t", *value) &&
		     !strchr(" \t", value[strlen(value) - 1]);
	const char *quote = plain ? "" : strchr(value, '"') ? "'" : "\"";

	fprintf(out, "%s = %s%s%s%s", key, quote, value, quote, end);
}

static bool text_ends_line(const char *text)
{
	size_t n = strlen(text);

	return !n || strchr("\r\n", text[n - 1]);
}

char *config_text_add_host(const char *text, const char *name, const struct target *target)
{
	const struct {
		const char *key, *value;
	} values[] = {
		{"url", target->url},
		{"user", target->user},
		{"password_file", target->password_file},
		{"ca_file", target->ca_file},
		{"fingerprint", target->fingerprint},
		{"ssh", target->ssh},
	};
	struct text_lines CLEANUP(lines_done) lines = lines_split(text);
	char *ret = NULL;
	size_t size;
	FILE *out = must(open_memstream(&ret, &size));

	fputs(text, out);
	if (!text_ends_line(text))
		fputs(lines.end, out);
	if (lines.n && lines.v[lines.n - 1].kind != LINE_BLANK)
		fputs(lines.end, out);
	fprintf(out, "[host %s]%s", name, lines.end);
	for (size_t i = 0; i < COUNT(values); i++)
		if (values[i].value)
			out_put_value(out, values[i].key, values[i].value, lines.end);
	return out_close(out, &ret);
}

/* Behind the last value of the section that begins here. */
static size_t lines_find_end(const struct text_lines *lines, size_t begin)
{
	size_t end = begin + 1;

	for (size_t i = begin + 1; i < lines->n && lines->v[i].kind != LINE_SECTION; i++)
		if (lines->v[i].kind == LINE_VALUE)
			end = i + 1;
	return end;
}

static size_t lines_skip_blank(const struct text_lines *lines, size_t at)
{
	while (at < lines->n && lines->v[at].kind == LINE_BLANK)
		at++;
	return at;
}

/*
 * Copies lines[from, to) where lines[to, next) will be gone: of the blank lines around these, those
 * before them are enough, and at the end of the file none is needed. Returns where to go on.
 */
static size_t out_copy_before_gap(FILE *out, const struct text_lines *lines, size_t from, size_t to,
				  size_t next)
{
	bool blank = to == 0 || lines->v[to - 1].kind == LINE_BLANK;

	if (blank)
		next = lines_skip_blank(lines, next);
	if (next == lines->n)
		while (to > from && lines->v[to - 1].kind == LINE_BLANK)
			to--;
	out_copy(out, lines, from, to);
	return next;
}

char *config_text_remove_host(const char *text, const char *name)
{
	struct text_lines CLEANUP(lines_done) lines = lines_split(text);
	char *ret = NULL;
	size_t size, done = 0;
	FILE *out = must(open_memstream(&ret, &size));

	fputs(lines.mark, out);
	for (size_t i = 0; i < lines.n; i++)
		if (lines.v[i].kind == LINE_SECTION && line_is_of_host(&lines.v[i], name))
			done = out_copy_before_gap(out, &lines, done, i, lines_find_end(&lines, i));
	out_copy(out, &lines, done, lines.n);
	return out_close(out, &ret);
}

/* The line with another value; a comment behind it stays. */
static void out_put_default(FILE *out, const struct text_lines *lines, size_t at, const char *name)
{
	const struct text_line *line = &lines->v[at];
	size_t value = line_find_host_value(line), rest = value;

	while (rest < line->n && !strchr("\r\n", line->at[rest]) &&
	       !(strchr(" \t", line->at[rest]) &&
		 line->at[rest + strspn(line->at + rest, " \t")] == ';'))
		rest++;
	fprintf(out, "%.*s%s%.*s", (int)value, line->at, name, (int)(line->n - rest),
		line->at + rest);
}

/* Without the line; nor the section where that is all there is in it. */
static void out_drop_default(FILE *out, const struct text_lines *lines, size_t at)
{
	size_t begin = at, end = at + 1, next = lines_skip_blank(lines, end);

	if (at && lines->v[at - 1].kind == LINE_SECTION &&
	    (next == lines->n || lines->v[next].kind == LINE_SECTION))
		begin = at - 1;
	if (begin < at)
		end = out_copy_before_gap(out, lines, 0, begin, end);
	else
		out_copy(out, lines, 0, begin);
	out_copy(out, lines, end, lines->n);
}

/* Before the first section, and what is said of that, or at the end. */
static void out_insert_default(FILE *out, const struct text_lines *lines, const char *name)
{
	size_t at = 0;

	while (at < lines->n && lines->v[at].kind != LINE_SECTION)
		at++;
	if (at == lines->n) {
		out_copy(out, lines, 0, at);
		fprintf(out, "%s[default]%shost = %s%s", at ? lines->end : "", lines->end, name,
			lines->end);
		return;
	}
	while (at && lines->v[at - 1].kind == LINE_COMMENT)
		at--;
	out_copy(out, lines, 0, at);
	fprintf(out, "[default]%shost = %s%s%s", lines->end, name, lines->end, lines->end);
	out_copy(out, lines, at, lines->n);
}

/* Where lines of the section of defaults can be put; 0: there is none. */
static size_t lines_find_defaults(const struct text_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].kind == LINE_SECTION && line_is_of_default(&lines->v[i]))
			return i + 1;
	return 0;
}

char *config_text_set_default(const char *text, const char *name)
{
	struct text_lines CLEANUP(lines_done) lines = lines_split(text);
	size_t line = lines_find_default(&lines), section = lines_find_defaults(&lines), size;
	char *ret = NULL;
	FILE *out = must(open_memstream(&ret, &size));

	fputs(lines.mark, out);
	if (line < lines.n && name) {
		out_copy(out, &lines, 0, line);
		out_put_default(out, &lines, line, name);
		out_copy(out, &lines, line + 1, lines.n);
	} else if (line < lines.n) {
		out_drop_default(out, &lines, line);
	} else if (name && section) {
		out_copy(out, &lines, 0, section);
		if (lines.v[section - 1].at[lines.v[section - 1].n - 1] == ']')
			fputs(lines.end, out);
		fprintf(out, "host = %s%s", name, lines.end);
		out_copy(out, &lines, section, lines.n);
	} else if (name) {
		out_insert_default(out, &lines, name);
	} else {
		out_copy(out, &lines, 0, lines.n);
	}
	return out_close(out, &ret);
}
