/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Text on its way out of the command: escapes, widths, JSON.
 */
#include <stdlib.h>

#include "tap.h"
#include "text.h"
#include "util.h"

static char *written(void (*write)(FILE *to, const char *s), const char *s)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		exit(1);
	write(to, s);
	fclose(to);
	return text;
}

static void is_written(void (*write)(FILE *to, const char *s), const char *s, const char *want,
		       const char *what)
{
	char *got = written(write, s);

	is_str(got, want, "%s", what);
	free(got);
}

static void test_show(void)
{
	is_written(text_show, "h\xc3\xa9llo \\ \xe6\xbc\xa2", "h\xc3\xa9llo \\ \xe6\xbc\xa2",
		   "letters and backslashes are shown as they are");
	is_written(text_show, "a\tb\nc\rd", "a\\tb\\nc\\rd", "white space has letters");
	is_written(text_show, "\x1b[31m\x7f", "\\x1b[31m\\x7f", "controls are escaped");
	is_written(text_show, "\xc2\x9b", "\\u009b", "so are those above ASCII");
	is_written(text_show, "\xe2\x80\xae", "\\u202e", "and what turns the direction of text");
	is_written(text_show, "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c\xe2\x81\xa6",
		   "\\u200e\\u200f\\u061c\\u2066", "also marks, which nobody sees");
	is_written(text_show, "\xd7\xa9\xd8\xb9", "\xd7\xa9\xd8\xb9",
		   "but not letters from right to left");
	is_written(text_show, "\xff|\xc3|\xed\xa0\x80|\xc0\xaf|\xf4\x90\x80\x80|\xe6\xbc",
		   "\\xff|\\xc3|\\xed\\xa0\\x80|\\xc0\\xaf|\\xf4\\x90\\x80\\x80|\\xe6\\xbc",
		   "bytes that are no UTF-8 are escaped one by one");
}

static void write_lines(FILE *to, const char *s)
{
	text_lines(to, s, strlen(s));
}

static void write_with_zero(FILE *to, const char *s)
{
	(void)s;
	text_lines(to, "a\0b\xc3", 4);
}

static void test_lines(void)
{
	is_written(write_lines, "a\tb\n\nc\r\nd", "a\tb\n\nc\nd", "lines stay lines");
	is_written(write_lines, "a\rb\r", "a\\rb\\r", "but none is written over");
	is_written(write_lines, "\x1b]0;t\a\n\xc2\x9bm\xe2\x80\xae",
		   "\\x1b]0;t\\x07\n\\u009bm\\u202e", "and nothing is obeyed");
	is_written(write_with_zero, "", "a\\x00b\\xc3", "nor lost");
}

/* A text in pieces comes out as in one, wherever it is cut. */
static void test_whole(void)
{
	static const char text[] = "a\r\nb\rc\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xff\xe2\x82";
	size_t n = sizeof(text) - 1;

	ok(text_whole("", 0) == 0, "of nothing nothing is whole");
	for (size_t cut = 0; cut <= n; cut++) {
		char first[sizeof(text)], *whole, *parts;
		size_t size, taken = text_whole(text, cut);
		FILE *to = open_memstream(&whole, &size);

		text_lines(to, text, n);
		fclose(to);
		memcpy(first, text, taken);
		first[taken] = '\0';
		to = open_memstream(&parts, &size);
		text_lines(to, first, taken);
		text_lines(to, text + taken, n - taken);
		fclose(to);
		ok(cut - taken <= 3 && strcmp(parts, whole) == 0, "cut at %zu", cut);
		free(whole);
		free(parts);
	}
}

static void test_tsv(void)
{
	is_written(text_tsv, "a\tb\\n\n\x01", "a\\tb\\\\n\\n\\x01", "TSV can be undone");
}

static void test_json(void)
{
	is_written(text_json, "q\" b\\ \n\t\x01\x1f\x7f",
		   "\"q\\\" b\\\\ \\n\\t\\u0001\\u001f\\u007f\"", "JSON escapes");
	is_written(text_json, "\xf0\x9f\x98\x80\xd7\xa9", "\"\xf0\x9f\x98\x80\xd7\xa9\"",
		   "JSON keeps all other characters");
	is_written(text_json, "\xe2\x80\xae\xc2\x9b", "\"\\u202e\\u009b\"",
		   "but for those that a terminal obeys");
	is_written(text_json, "a\xff", "\"a\xef\xbf\xbd\"", "JSON is always valid UTF-8");
}

static void test_encodings(void)
{
	static const struct {
		const char *text;
		size_t n;
		const char *encoding;
	} others[] = {
		{"\xff\xfe\0\0a", 5, "UTF-32"},
		{"\0\0\xfe\xff", 4, "UTF-32"},
		{"a\0\0\0", 4, "UTF-32"},
		{"\0\0\0a", 4, "UTF-32"},
		{"\xff\xfe", 2, "UTF-16"},
		{"\xfe\xff", 2, "UTF-16"},
		{"a\0b\0", 4, "UTF-16"},
		{"\0a\0b", 4, "UTF-16"},
		{"a\0b", 3, ""},
		{"abcd", 4, ""},
		{"\xef\xbb\xbf", 3, ""},
		{"\0\0\0\0", 4, ""},
		{"", 0, ""},
	};

	for (size_t i = 0; i < COUNT(others); i++) {
		const char *found = text_other_encoding(others[i].text, others[i].n);

		is_str(found ? found : "", others[i].encoding, "encoding %zu", i);
	}
}

static void test_width(void)
{
	is_int(text_width("abc"), 3, "width of ASCII");
	is_int(text_width("\xc3\xa9"), 1, "of a letter with an accent");
	is_int(text_width("e\xcc\x81"), 1, "of a letter with a combining accent");
	is_int(text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4, "of wide characters");
	is_int(text_width("\xf0\x9f\x98\x80"), 2, "of an emoji");
	is_int(text_width("\n\x1b\xff\xe2\x80\xae"), 2 + 4 + 4 + 6, "of escapes");
	ok(text_is_plain("\xc3\xa9 x"), "text without escapes is plain");
	ok(!text_is_plain("a\nb") && !text_is_plain("\xff"), "text with escapes is not");
}

static void test_quote_word(void)
{
	static const struct {
		const char *word, *quoted;
	} rows[] = {
		{"web-1.x", "web-1.x"}, {"", "''"},     {"a b", "'a b'"},
		{"it's", "'it'\\''s'"}, {"$x", "'$x'"}, {"\xc3\xbc", "'\xc3\xbc'"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *quoted FREE = text_quote_word(rows[i].word);

		is_str(quoted, rows[i].quoted, "a word for a shell");
	}
}

static void test_uuid(void)
{
	char *uuid FREE = text_take_uuid("0123ABCD-4567-89ab-CDEF-0123456789AB");

	is_str(uuid, "0123abcd-4567-89ab-cdef-0123456789ab", "capitals are small ones");
	ok(!text_take_uuid("0123abcd-4567-89ab-cdef-0123456789a") &&
		   !text_take_uuid("0123abcd-4567-89ab-cdef-0123456789abc") &&
		   !text_take_uuid("0123abcd-4567-89ab-cdef.0123456789ab") && !text_take_uuid(""),
	   "what is none");
}

int main(void)
{
	text_init();
	test_show();
	test_lines();
	test_whole();
	test_tsv();
	test_json();
	test_width();
	test_encodings();
	test_quote_word();
	test_uuid();
	return tap_done();
}
