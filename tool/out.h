/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a command has to tell: rows of typed cells, kept until the command has succeeded, then
 * written as a table, JSON or TSV. Strings are copied.
 */
#ifndef TOOL_OUT_H
#define TOOL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum out_format { OUT_TABLE, OUT_JSON, OUT_TSV };

/* A column: the key in JSON, and the head in the table of a list (NULL: not in that table). */
struct column {
	const char *key;
	const char *head;
};

/*
 * A column of the usual table, which is narrow: ids are as short as can be told apart, times are
 * ages, what has a brief text shows that. What may be cut is, where a terminal is narrower; the
 * last column may be wrapped there instead.
 */
struct narrow {
	const char *key; /* of its column */
	const char *head;
	enum { CUT_NEVER, CUT_FIRST, CUT_LAST, WRAP } cut;
};

enum out_colour { COLOUR_NONE, COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED, COLOUR_BLUE };

struct pair {
	const char *key;
	const char *value;
};

struct out;

struct out *out_new(enum out_format format);
void out_free(struct out *out);

/* Begins the rows of a list, or one object. Columns are borrowed, and end without a key. */
void out_list(struct out *out, const struct column *columns);
void out_object(struct out *out, const struct column *columns);

/* Of complete rows, keeps the cells of these columns alone, in this order; all are shown then. */
void out_choose(struct out *out, const size_t *columns, size_t n);

/* Of a list, what its table is, unless columns are chosen; the array ends without a key. */
void out_narrow(struct out *out, const struct narrow *narrow);

/* Of a list, whether its table has heads, as it has by default, and all columns in full. */
void out_show(struct out *out, bool heads, bool wide);

/*
 * Of complete rows: from now on, ids are as short as all of these can be told apart with. Without
 * it, those that are written count.
 */
void out_shorten_ids(struct out *out);

/* How wide a terminal is, 0: there is none and nothing is cut; and whether it shows colours. */
void out_set_terminal(struct out *out, size_t width, bool colours);

/* The next cell of the present row; a row is complete when each column has its cell. */
void out_null(struct out *out);
void out_text(struct out *out, const char *text);
void out_text_or_null(struct out *out, const char *text); /* "": null                     */
void out_id_or_null(struct out *out, const char *id);     /* "": null, a UUID            */
void out_number(struct out *out, uint64_t number);
void out_number_or_null(struct out *out, uint64_t number); /* 0: null                      */
void out_bytes(struct out *out, uint64_t bytes);           /* for people: KiB, MiB, GiB    */
void out_bytes_or_null(struct out *out, uint64_t bytes);   /* 0: null                      */
void out_bool(struct out *out, bool value);
void out_time(struct out *out, int64_t ms); /* since 1970 UTC; 0: null      */
void out_texts(struct out *out, const char *const *v, size_t n);
void out_pairs(struct out *out, const struct pair *v, size_t n);

/* Of the last cell: its text in a narrow table, "" changes nothing; its colour on a terminal. */
void out_brief(struct out *out, const char *text);
void out_colour(struct out *out, enum out_colour colour);

/*
 * The next cell is a list of objects itself: fills what is returned with their cells. A table shows
 * of each the columns that have a head.
 */
struct out *out_inner(struct out *out, const struct column *columns);

/* Instead of rows: bytes that are written as they are. They may be many: `out` frees them, free().
 */
void out_raw(struct out *out, void *data, size_t size);

/* The same of text in lines, of which a terminal gets nothing that it would obey; text[size] is 0.
 */
void out_lines(struct out *out, char *text, size_t size);

/* Writes all of it; false, with errno, when `to` did not take it. */
bool out_write(const struct out *out, FILE *to);

/* "3h", "5d": about how long ago that was, by the clock here; a new string. */
char *format_age(uint64_t ms);

/* "1.5 GiB" */
void format_bytes(char text[static 32], uint64_t bytes);

#endif
