/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The last line of a console, in whatever pieces it comes.
 */
#include <string.h>

#include "last-line.h"
#include "tap.h"

static const struct {
	const char *text, *last;
} rows[] = {
	{"", ""},
	{"\r\n\r\n   \r\n", ""},
	{"one\r\ntwo\r\n", "two"},
	{"one\r\ntwo", "two"},
	{"one\ntwo\n\n  \n", "two"},
	{"debian login: ", "debian login: "},
	{"one\n  login", "login"},
	{"50%\r75%\r100%", "100%"},
	{"\tone\ttwo\n", "one two"},
	{"[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mssh\x1b[0m.\r\n", "[  OK  ] Started ssh."},
	{"\x1b]0;a title\atext\n", "text"},
	{"\x1b]0;a title\x1b\\text\n", "text"},
	{"\x1b]0;a\x1b[title\x1b\\text\n", "text"},
	{"\x1b(Btext\x1b"
	 "7\n",
	 "text"},
	{"\x1b[2J\x1b[01;01H\x1b[=3h\n", ""},
	{"a\bb\x7f"
	 "c\x01\n",
	 "abc"},
	{"gr\xc3\xbc\xc3\x9f\n", "gr\xc3\xbc\xc3\x9f"},
	{"done\n\x1b[", "done"},
	{"done\n\x1b]never ended\n", "done"},
	{"\x1b]Rbooting\nthen this\n", "then this"},
	{"\x1b]0;a\x1b\x1b\\text\n", "text"},
};

static void test_row(const char *text, const char *last)
{
	struct last_line whole = {.n = 0}, pieces = {.n = 0};

	last_line_add(&whole, text, strlen(text));
	for (const char *c = text; *c; c++)
		last_line_add(&pieces, c, 1);
	is_str(last_line_text(&whole), last, "'%s'", last);
	is_str(last_line_text(&pieces), last, "the same in bytes");
}

int main(void)
{
	struct last_line line = {.n = 0};
	char longest[LAST_LINE_MAX + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(rows[i].text, rows[i].last);
	memset(longest, 'x', LAST_LINE_MAX);
	longest[LAST_LINE_MAX] = '\0';
	for (int i = 0; i < 3; i++)
		last_line_add(&line, longest, LAST_LINE_MAX);
	is_str(last_line_text(&line), longest, "a long one is cut");
	last_line_add(&line, "\0\nzero\0", 7);
	is_str(last_line_text(&line), "zero", "zeros are no part of it");
	return tap_done();
}
