/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tables that are narrow: short ids, ages, and what is cut where a terminal is narrower.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "out.h"
#include "tap.h"
#include "text.h"

#define ID1 "8c4da14c-8cca-4275-bfd7-47a0b9c639f7"
#define ID2 "8c4da14c-8cca-4275-bfd7-57a0b9c639f7"
#define ID3 "1c4da14c-8cca-4275-bfd7-47a0b9c639f7"

static const struct column columns[] = {
	{"name", "NAME"}, {"id", "ID"},           {"state", "STATE"}, {"bytes", "BYTES"},
	{"size", NULL},   {"created", "CREATED"}, {NULL, NULL},
};

static const struct narrow narrow[] = {
	{"name", "NAME", CUT_FIRST},
	{"id", "ID", CUT_NEVER},
	{"bytes", "BYTES", CUT_NEVER},
	{"state", "STATE", CUT_LAST},
	{"size", "SIZE", CUT_FIRST},
	{"created", "AGE", CUT_NEVER},
	{.key = NULL},
};

static int64_t ago(int64_t seconds)
{
	return ((int64_t)time(NULL) - seconds) * 1000;
}

static void add_row(struct out *out, const char *name, const char *id, int64_t ms)
{
	out_text(out, name);
	out_id_or_null(out, id);
	out_text(out, "running");
	out_colour(out, COLOUR_GREEN);
	out_bytes(out, 2048);
	out_text(out, "1_cpu-1_ram");
	out_brief(out, "1c");
	out_time(out, ms);
}

static struct out *list(const char *name, const char *id)
{
	struct out *out = out_new(OUT_TABLE);

	out_list(out, columns);
	out_narrow(out, narrow);
	if (name)
		add_row(out, name, id, ago(3 * 3600 + 60));
	return out;
}

static char *written(struct out *out)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to || !out_write(out, to))
		exit(1);
	fclose(to);
	out_free(out);
	return text;
}

static void is_written(struct out *out, const char *want, const char *what)
{
	char *got = written(out);

	is_str(got, want, "%s", what);
	free(got);
}

static void test_narrow(void)
{
	struct out *out = list("web", ID1);

	is_written(out,
		   "NAME  ID          BYTES  STATE    SIZE  AGE\n"
		   "web   8c4da14c  2.0 KiB  running  1c    3h\n",
		   "a narrow table");
	is_written(list(NULL, NULL), "NAME  ID  BYTES  STATE  SIZE  AGE\n", "of nothing");
	out = list(NULL, NULL);
	add_row(out, "web", ID1, 1000000000000);
	out_show(out, true, true);
	is_written(out,
		   "NAME  ID                                    STATE      BYTES  CREATED\n"
		   "web   " ID1 "  running  2.0 KiB  2001-09-09T01:46:40Z\n",
		   "a wide one");
}

static void test_ids(void)
{
	struct out *out = list("a", ID1);

	add_row(out, "b", ID3, 0);
	add_row(out, "c", "", 0);
	add_row(out, "d", ID1, 0);
	is_written(out,
		   "NAME  ID          BYTES  STATE    SIZE  AGE\n"
		   "a     8c4da14c  2.0 KiB  running  1c    3h\n"
		   "b     1c4da14c  2.0 KiB  running  1c    -\n"
		   "c     -         2.0 KiB  running  1c    -\n"
		   "d     8c4da14c  2.0 KiB  running  1c    -\n",
		   "short ids, twice the same one");
	out = list("a", ID1);
	add_row(out, "b", ID2, 0);
	is_written(out,
		   "NAME  ID                           BYTES  STATE    SIZE  AGE\n"
		   "a     8c4da14c-8cca-4275-bfd7-4  2.0 KiB  running  1c    3h\n"
		   "b     8c4da14c-8cca-4275-bfd7-5  2.0 KiB  running  1c    -\n",
		   "as long as they must be");
}

static void is_aged(int64_t seconds, const char *want)
{
	struct out *out = out_new(OUT_TABLE);
	static const struct column one[] = {{"at", "AT"}, {NULL, NULL}};
	static const struct narrow age[] = {{"at", "AGE", CUT_NEVER}, {.key = NULL}};

	out_list(out, one);
	out_narrow(out, age);
	out_time(out, ago(seconds));
	out_show(out, false, false);
	is_written(out, want, "an age");
}

static void test_ages(void)
{
	is_aged(-1000, "0s\n");
	is_aged(3 * 60, "3m\n");
	is_aged(3600, "1h\n");
	is_aged(47 * 3600, "47h\n");
	is_aged(49 * 3600, "2d\n");
	is_aged(400LL * 24 * 3600, "400d\n");
	is_aged(800LL * 24 * 3600, "2y\n");
}

static void is_cut(const char *text, size_t width, const char *want)
{
	char *got = NULL;
	size_t size, its;
	FILE *to = open_memstream(&got, &size);

	if (!to)
		exit(1);
	its = text_show_cut(to, text, width);
	fclose(to);
	is_str(got, want, "cut to %zu", width);
	is_int(its, text_width(got), "as wide as is told");
	ok(its <= width, "and no wider");
	free(got);
}

#define DOTS "\xe2\x80\xa6"

static void test_cut(void)
{
	is_cut("web", 3, "web");
	is_cut("webs", 3, "we" DOTS);
	is_cut("webs", 1, DOTS);
	is_cut("webs", 0, "");
	is_cut("", 0, "");
	/* Two columns each. */
	is_cut("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 6, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2");
	is_cut("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 5, "\xe6\xbc\xa2\xe5\xad\x97" DOTS);
	is_cut("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 4, "\xe6\xbc\xa2" DOTS);
	/* None: an accent stays with its letter. */
	is_cut("e\xcc\x81"
	       "e\xcc\x81"
	       "e\xcc\x81",
	       2, "e\xcc\x81" DOTS);
	/* Escaped: four, as a whole. */
	is_cut("a\x1b"
	       "bc",
	       5, "a" DOTS);
	is_cut("a\x1b"
	       "bc",
	       6, "a\\x1b" DOTS);
	is_cut("a\x1b"
	       "bc",
	       7, "a\\x1bbc");
}

static struct out *sentence(size_t terminal)
{
	static const struct column two[] = {{"no", "NO"}, {"text", "FOUND"}, {NULL, NULL}};
	static const struct narrow wrapped[] = {
		{"no", "NO", CUT_NEVER}, {"text", "FOUND", WRAP}, {.key = NULL}};
	struct out *out = out_new(OUT_TABLE);

	out_list(out, two);
	out_narrow(out, wrapped);
	out_set_terminal(out, terminal, false);
	out_number(out, 1);
	out_text(out,
		 "a sentence that is longer than a line, and /a/word/that/is/longer/than/that");
	out_number(out, 2);
	out_text(out, "");
	return out;
}

static void test_wrapped(void)
{
	is_written(sentence(0),
		   "NO  FOUND\n"
		   " 1  a sentence that is longer than a line, and "
		   "/a/word/that/is/longer/than/that\n 2  -\n",
		   "on a pipe nothing is wrapped");
	is_written(sentence(36),
		   "NO  FOUND\n"
		   " 1  a sentence that is longer than a\n"
		   "    line, and\n"
		   "    /a/word/that/is/longer/than/that\n 2  -\n",
		   "words go into the next line");
	is_written(sentence(3),
		   "NO  FOUND\n"
		   " 1  a sentence that is longer than\n"
		   "    a line, and\n"
		   "    /a/word/that/is/longer/than/that\n 2  -\n",
		   "of a terminal that has no room some is taken");
}

static void test_terminal(void)
{
	struct out *out = list("a-name-that-is-longer", ID1);

	out_set_terminal(out, 50, false);
	is_written(out,
		   "NAME         ID          BYTES  STATE    SIZE  AGE\n"
		   "a-name-tha" DOTS "  8c4da14c  2.0 KiB  running  1c    3h\n",
		   "names are cut");
	out = list("a-name-that-is-longer", ID1);
	out_set_terminal(out, 20, false);
	is_written(out,
		   "NAME      ID          BYTES  STATE    SIZE  AGE\n"
		   "a-name-" DOTS "  8c4da14c  2.0 KiB  running  1c    3h\n",
		   "but something is left of them");
	out = list("a-name-that-is-longer", ID1);
	out_set_terminal(out, 400, true);
	is_written(out,
		   "NAME                   ID          BYTES  STATE    SIZE  AGE\n"
		   "a-name-that-is-longer  8c4da14c  2.0 KiB  \033[32mrunning\033[0m  1c    3h\n",
		   "a terminal shows colours");
}

int main(void)
{
	text_init();
	test_narrow();
	test_ids();
	test_ages();
	test_cut();
	test_terminal();
	test_wrapped();
	return tap_done();
}
