/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 on its way out: for people (no control character ever reaches a terminal raw), as TSV,
 * as JSON. Bytes that are no UTF-8 are shown, never passed on.
 */
#ifndef TOOL_TEXT_H
#define TOOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Makes the C library's widths of characters available; once, before the others. */
void text_init(void);

/* Writes s with control characters and bidirectional overrides as \n, \x1b, \u202e. */
void text_show(FILE *to, const char *s);

/* The columns that text_show() takes on a terminal. */
size_t text_width(const char *s);

/*
 * The same, but no wider than `width`: of what is, the beginning, and "…" after it. Returns the
 * columns that it takes.
 */
size_t text_show_cut(FILE *to, const char *s, size_t width);

/* text_show() of s[0..n), s[n] being 0, but for tabs and the ends of lines. */
void text_lines(FILE *to, const char *s, size_t n);

/*
 * How many of the n bytes at s are whole for text_lines(): the rest may be the beginning of a
 * character, or of the end of a line, of which more comes.
 */
size_t text_whole(const char *s, size_t n);

/* As text_show(), with \\ for a backslash, so that it can be undone. */
void text_tsv(FILE *to, const char *s);

/* Writes s as a JSON string with its quotes; what text_show() escapes is escaped here too. */
void text_json(FILE *to, const char *s);

/* Whether text_show() writes s as it is. */
bool text_is_plain(const char *s);

/* A new string that a shell takes for this one word: in quotes where they are needed. */
char *text_quote_word(const char *word);

/* "UTF-16" or "UTF-32" when the beginning of a text is in that, also without a mark; else NULL. */
const char *text_other_encoding(const char *text, size_t n);

/* A UUID as VirtualBox writes it, the caller's own; NULL: the text is none. */
char *text_take_uuid(const char *text);

#endif
