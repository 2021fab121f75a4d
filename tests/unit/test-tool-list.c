/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rows that a list shows, and their order.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "out.h"
#include "sort.h"
#include "tap.h"

static const struct column columns[] = {
	{"name", "NAME"}, {"cpus", "CPUS"},  {"used", NULL},      {"up", NULL}, {"tags", NULL},
	{"ips", NULL},    {"created", NULL}, {"addresses", NULL}, {NULL, NULL},
};

static const struct column inner[] = {
	{"address", "ADDRESS"},
	{"port", NULL},
	{NULL, NULL},
};

static void add_row(struct out *out, const char *name, unsigned cpus, uint64_t used, bool up,
		    const char *env)
{
	const char *ips[] = {"10.0.0.1", name};
	struct out *addresses;

	out_text(out, name);
	out_number_or_null(out, cpus);
	out_bytes(out, used);
	out_bool(out, up);
	out_pairs(out, &(struct pair){"env", env}, *env ? 1 : 0);
	out_texts(out, ips, 2);
	out_time(out, (int64_t)cpus * 1000000);
	addresses = out_inner(out, inner);
	out_text(addresses, "10.0.0.1:22");
	out_number(addresses, 22);
}

static struct out *rows(void)
{
	struct out *out = out_new(OUT_TSV);

	out_list(out, columns);
	add_row(out, "web10", 8, 1536, true, "prod");
	add_row(out, "web2", 16, 512, false, "test");
	add_row(out, "db", 0, 1536, true, "");
	add_row(out, "web1", 16, 0, true, "prod=x");
	return out;
}

/* The names and CPUs that are left, as "db , web1 16". */
static char *left(struct out *out)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to || !out_write(out, to))
		exit(1);
	fclose(to);
	out_free(out);
	for (char *c = text; *c; c++)
		*c = (char)(*c == '\t' ? ' ' : *c == '\n' ? ',' : *c);
	return text;
}

static void is_filtered(const char *a, const char *b, const char *want)
{
	const char *const texts[] = {a, b};
	struct filters filters;
	struct vbc_error err = {0};
	struct out *out = rows();
	char *got;

	ok(!filters_parse(texts, b ? 2 : 1, columns, &filters, &err), "a filter: %s %s", a,
	   b ? b : "");
	out_filter(out, &filters);
	filters_done(&filters);
	got = left(out);
	is_str(got, want, "what it leaves");
	free(got);
}

static void fails_filter(const char *text, const char *want)
{
	struct filters filters;
	struct vbc_error err = {0};

	ok(filters_parse(&text, 1, columns, &filters, &err) == VBC_E_ARG, "no filter: '%s'", text);
	filters_done(&filters);
	is_str(err.text, want, "why");
}

static void test_filter(void)
{
	is_filtered("name=db", NULL, "db ,");
	is_filtered("name=", NULL, "");
	is_filtered("cpus=16", NULL, "web2 16,web1 16,");
	is_filtered("cpus=", NULL, "db ,");
	is_filtered("cpus=-", NULL, "db ,");
	is_filtered("used=1.5 KiB", NULL, "web10 8,db ,");
	is_filtered("used=1536", NULL, "web10 8,db ,");
	is_filtered("up=no", NULL, "web2 16,");
	is_filtered("up=true", "cpus=16", "web1 16,");
	is_filtered("name=db", "name=web2", "web2 16,db ,");
	is_filtered("tag.env=prod", NULL, "web10 8,");
	is_filtered("tags.env=prod=x", NULL, "web1 16,");
	is_filtered("tag.env=prod", "tag.env=test", "web10 8,web2 16,");
	is_filtered("tag.env=prod", "tag.other=test", "");
	is_filtered("ips=db", NULL, "db ,");
	is_filtered("ips=10.0.0.1,db", NULL, "db ,");
	is_filtered("addresses=10.0.0.1:22", "name=db", "db ,");
	is_filtered("addresses=22", NULL, "");
	fails_filter("up", "option '--filter' cannot be 'up': it must be KEY=VALUE");
	fails_filter("=up", "option '--filter' cannot be '=up': it must be KEY=VALUE");
	fails_filter("nam=x", "there is no column 'nam': did you mean 'name'?");
	fails_filter("colour=x",
		     "there is no column 'colour'; the columns are name, cpus, used, up, "
		     "tags, ips, created, addresses");
	fails_filter("name.x=y", "column 'name' has no parts: write 'name=VALUE'");
	fails_filter("tags=y", "column 'tags' has parts: write 'tag.KEY=VALUE'");
}

static void is_sorted(const char *keys, const char *want)
{
	struct sort sort;
	struct vbc_error err = {0};
	struct out *out = rows();
	char *got;

	ok(!sort_parse(keys, columns, &sort, &err), "an order: %s", keys);
	out_sort(out, &sort);
	got = left(out);
	is_str(got, want, "what it makes");
	free(got);
}

static void fails_sort(const char *keys, const char *want)
{
	struct sort sort;
	struct vbc_error err = {0};

	ok(sort_parse(keys, columns, &sort, &err) == VBC_E_ARG, "no order: '%s'", keys);
	is_str(err.text, want, "why");
}

static void test_sort(void)
{
	is_sorted("name", "db ,web1 16,web2 16,web10 8,");
	is_sorted("-name", "web10 8,web2 16,web1 16,db ,");
	is_sorted("cpus", "web10 8,web2 16,web1 16,db ,");
	is_sorted("-cpus", "web2 16,web1 16,web10 8,db ,");
	is_sorted("-cpus,name", "web1 16,web2 16,web10 8,db ,");
	is_sorted("cpus,-name", "web10 8,web2 16,web1 16,db ,");
	is_sorted("used,up", "web1 16,web2 16,web10 8,db ,");
	is_sorted("-created", "web2 16,web1 16,web10 8,db ,");
	fails_sort(
		"",
		"there is no column ''; the columns are name, cpus, used, up, tags, ips, created, "
		"addresses");
	fails_sort("--name", "there is no column '-name': did you mean 'name'?");
	fails_sort("name,-name", "column 'name' is named twice");
	fails_sort("name,",
		   "there is no column ''; the columns are name, cpus, used, up, tags, ips, "
		   "created, addresses");
}

static void test_nothing(void)
{
	const char *text = "name=x";
	struct filters filters;
	struct sort sort;
	struct vbc_error err = {0};
	struct out *out = out_new(OUT_TSV);
	char *got;

	out_list(out, columns);
	ok(!filters_parse(&text, 1, columns, &filters, &err) &&
		   !sort_parse("name", columns, &sort, &err),
	   "of no rows");
	out_filter(out, &filters);
	out_sort(out, &sort);
	filters_done(&filters);
	got = left(out);
	is_str(got, "", "nothing is left");
	free(got);
}

int main(void)
{
	test_filter();
	test_sort();
	test_nothing();
	return tap_done();
}
