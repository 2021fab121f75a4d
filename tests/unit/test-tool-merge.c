/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists of several hosts as one: the columns, and whose rows are whose.
 */
#include <stdlib.h>

#include "out-cells.h"
#include "out-merge.h"
#include "tap.h"

static const struct column plain[] = {{"name", "NAME"}, {"n", NULL}, {NULL, NULL}};
static const struct column with[] = {{"name", "NAME"}, {"host", NULL}, {"n", "N"}, {NULL, NULL}};
static const struct narrow narrow[] = {{"name", "NAME", CUT_FIRST}, {.key = NULL}};

static void test_columns(void)
{
	struct column *a = columns_with_host(plain), *b = columns_with_host(with);
	struct narrow *n = narrow_with_host(narrow);

	is_str(a[0].key, "host", "the host is the first column");
	is_str(a[0].head, "HOST", "with its head");
	ok(strcmp(a[1].key, "name") == 0 && strcmp(a[2].key, "n") == 0 && !a[3].key,
	   "and the others follow");
	is_str(b[0].key, "host", "also where there is one");
	ok(strcmp(b[1].key, "name") == 0 && strcmp(b[2].key, "n") == 0 && !b[3].key,
	   "which is not there twice");
	ok(strcmp(n[0].key, "host") == 0 && strcmp(n[1].key, "name") == 0 && !n[2].key,
	   "a narrow table has it, too");
	free(a);
	free(b);
	free(n);
}

static void rows_add(struct out *out, const char *name, const char *host, unsigned number)
{
	out_text(out, name);
	if (host)
		out_text(out, host);
	out_number(out, number);
}

static void is_row(const struct out *out, size_t row, const char *host, const char *name,
		   unsigned number)
{
	const struct cell *cells = &out->cells[row * 3];

	is_str(cells[0].text, host, "row %zu is of %s", row, host);
	is_str(cells[1].text, name, "it is %s", name);
	is_int((int)cells[2].number, (int)number, "with its number");
}

static void test_rows(void)
{
	struct column *columns = columns_with_host(plain);
	struct out *all = out_new(OUT_JSON), *one = out_new(OUT_JSON), *two = out_new(OUT_JSON),
		   *none = out_new(OUT_JSON);

	out_list(all, columns);
	out_list(one, plain);
	rows_add(one, "a", NULL, 1);
	rows_add(one, "b", NULL, 2);
	out_list(two, with);
	rows_add(two, "c", "own", 3);
	rows_add(two, "d", "other", 4);
	out_list(none, plain);
	out_take_rows(all, one, "vb1");
	out_take_rows(all, none, "vb2");
	out_take_rows(all, two, NULL);
	is_int((int)out_rows(all), 4, "four rows");
	is_row(all, 0, "vb1", "a", 1);
	is_row(all, 1, "vb1", "b", 2);
	is_row(all, 2, "own", "c", 3);
	is_row(all, 3, "other", "d", 4);
	rows_add(all, "late", "e", 5);
	is_int((int)out_rows(all), 5, "and more can be added");
	out_free(two);
	two = out_new(OUT_JSON);
	out_list(two, with);
	rows_add(two, "f", "replaced", 6);
	out_take_rows(all, two, "vb3");
	is_row(all, 5, "vb3", "f", 6);
	out_free(none);
	out_free(one);
	out_free(two);
	out_free(all);
	free(columns);
}

int main(void)
{
	test_columns();
	test_rows();
	return tap_done();
}
