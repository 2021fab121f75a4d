/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows as table, JSON and TSV.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "out.h"
#include "tap.h"
#include "text.h"

static const struct column columns[] = {
	{"name", "NAME"},          {"size_bytes", "SIZE"}, {"hidden", NULL},
	{"created_at", "CREATED"}, {"tags", "TAGS"},       {NULL, NULL},
};

static void add_row(struct out *out, const char *name, uint64_t bytes, int64_t ms)
{
	static const char *const tags[] = {"a", "b c"};

	out_text(out, name);
	out_bytes(out, bytes);
	out_number_or_null(out, bytes > 1 ? 7 : 0);
	out_time(out, ms);
	out_texts(out, tags, bytes > 1 ? 2 : 0);
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

static struct out *two_rows(enum out_format format)
{
	struct out *out = out_new(format);

	out_list(out, columns);
	add_row(out, "web\t1", 1610612736, 1795377600999);
	add_row(out, "\xe6\xbc\xa2\xe5\xad\x97", 1, 0);
	return out;
}

static void is_written(struct out *out, const char *want, const char *what)
{
	char *got = written(out);

	is_str(got, want, "%s", what);
	free(got);
}

static struct out *chosen(enum out_format format)
{
	static const size_t columns_wanted[] = {2, 0};
	struct out *out = two_rows(format);

	out_choose(out, columns_wanted, 2);
	return out;
}

static void test_chosen(void)
{
	is_written(chosen(OUT_TABLE),
		   "HIDDEN  NAME\n"
		   "     7  web\\t1\n"
		   "-       \xe6\xbc\xa2\xe5\xad\x97\n",
		   "chosen columns are all shown, in the order in which they were chosen");
	is_written(chosen(OUT_TSV), "7\tweb\\t1\n\t\xe6\xbc\xa2\xe5\xad\x97\n", "also as TSV");
	is_written(chosen(OUT_JSON),
		   "[\n"
		   "  {\n"
		   "    \"hidden\": 7,\n"
		   "    \"name\": \"web\\t1\"\n"
		   "  },\n"
		   "  {\n"
		   "    \"hidden\": null,\n"
		   "    \"name\": \"\xe6\xbc\xa2\xe5\xad\x97\"\n"
		   "  }\n"
		   "]\n",
		   "and JSON has no others");
}

static void is_parsed(const char *text, const char *want, const char *what)
{
	struct columns got = {.n = 0};
	struct vbc_error err = {0};
	char places[64] = "";
	int rc = columns_parse(text, columns, &got, &err);

	for (size_t i = 0; !rc && i < got.n; i++)
		snprintf(places + strlen(places), sizeof(places) - strlen(places), "%zu ",
			 got.v[i]);
	is_str(rc ? err.text : places, want, "%s", what);
}

static void test_parsed(void)
{
	is_parsed("name", "0 ", "one column");
	is_parsed("tags,name,hidden", "4 0 2 ", "several, in their order");
	is_parsed("nam", "there is no column 'nam': did you mean 'name'?", "a mistake");
	is_parsed(
		"",
		"there is no column ''; the columns are name, size_bytes, hidden, created_at, tags",
		"none");
	is_parsed(
		"name,",
		"there is no column ''; the columns are name, size_bytes, hidden, created_at, tags",
		"an empty one");
	is_parsed("name,name", "column 'name' is named twice", "one twice");
}

static void test_list(void)
{
	is_written(two_rows(OUT_TABLE),
		   "NAME       SIZE  CREATED               TAGS\n"
		   "web\\t1  1.5 GiB  2026-11-22T20:00:00Z  a,b c\n"
		   "\xe6\xbc\xa2\xe5\xad\x97        1 B  -                     -\n",
		   "a table is aligned by what a terminal shows");
	is_written(two_rows(OUT_TSV),
		   "web\\t1\t1610612736\t2026-11-22T20:00:00Z\ta,b c\n"
		   "\xe6\xbc\xa2\xe5\xad\x97\t1\t\t\n",
		   "TSV has the table's columns, exact numbers, no heads");
	is_written(two_rows(OUT_JSON),
		   "[\n"
		   "  {\n"
		   "    \"name\": \"web\\t1\",\n"
		   "    \"size_bytes\": 1610612736,\n"
		   "    \"hidden\": 7,\n"
		   "    \"created_at\": \"2026-11-22T20:00:00Z\",\n"
		   "    \"tags\": [\"a\", \"b c\"]\n"
		   "  },\n"
		   "  {\n"
		   "    \"name\": \"\xe6\xbc\xa2\xe5\xad\x97\",\n"
		   "    \"size_bytes\": 1,\n"
		   "    \"hidden\": null,\n"
		   "    \"created_at\": null,\n"
		   "    \"tags\": []\n"
		   "  }\n"
		   "]\n",
		   "JSON has all columns");
}

static struct out *no_rows(enum out_format format)
{
	struct out *out = out_new(format);

	out_list(out, columns);
	return out;
}

static void test_empty(void)
{
	is_written(no_rows(OUT_TABLE), "NAME  SIZE  CREATED  TAGS\n", "an empty table has heads");
	is_written(no_rows(OUT_JSON), "[]\n", "an empty list is an empty array");
	is_written(no_rows(OUT_TSV), "", "an empty TSV is empty");
	is_written(out_new(OUT_JSON), "", "a command without rows writes nothing");
}

static struct out *object(enum out_format format)
{
	static const struct column keys[] = {{"id", NULL}, {"extra", NULL}, {NULL, NULL}};
	static const struct pair extra[] = {{"state", "on\n"}, {"error", ""}};
	struct out *out = out_new(format);

	out_object(out, keys);
	out_text_or_null(out, "");
	out_pairs(out, extra, 2);
	return out;
}

static void test_object(void)
{
	is_written(object(OUT_TABLE), "id           -\nextra.state  on\\n\nextra.error  -\n",
		   "an object is shown line by line");
	is_written(object(OUT_TSV), "id\t\nextra.state\ton\\n\nextra.error\t\n", "in TSV too");
	is_written(object(OUT_JSON),
		   "{\n  \"id\": null,\n  \"extra\": {\"state\": \"on\\n\", \"error\": \"\"}\n}\n",
		   "in JSON it is no array");
}

static void test_bytes(void)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 B"},           {1023, "1023 B"},          {1024, "1.0 KiB"},
		{1048575, "1.0 MiB"}, {10737418240, "10.0 GiB"}, {UINT64_MAX, "16.0 EiB"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[32];

		format_bytes(text, rows[i].bytes);
		is_str(text, rows[i].text, "bytes as text, row %zu", i);
	}
}

static void test_failure(void)
{
	struct out *out = two_rows(OUT_TABLE);
	FILE *full = fopen("/dev/full", "w");

	ok(full && !out_write(out, full), "a full disk is noticed");
	if (full)
		fclose(full);
	out_free(out);
}

int main(void)
{
	text_init();
	test_list();
	test_chosen();
	test_parsed();
	test_empty();
	test_object();
	test_bytes();
	test_failure();
	return tap_done();
}
