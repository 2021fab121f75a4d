/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Many hosts as one: the merged list, what is noted of a host and what is read back of a note that
 * may be anything, and work for many at the same time.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet/fleet.h"
#include "fleet/merge.h"
#include "fleet/parallel.h"
#include "fleet/seen-file.h"
#include "tap.h"

#define URL "http://lab:18083"
#define ID  "00000000-0000-4000-8000-00000000000"

static const struct vbc_tag env_tag = {"env", "prod\tx"}, bare_tag = {"bare", ""};
static const struct vbc_tag *const tags[] = {&bare_tag, &env_tag};
static const struct vbc_node web = {.id = ID "1",
				    .name = "web \\ \t\n\r \xc3\xa4",
				    .image = ID "9",
				    .size = "1_cpu-64_ram-1_disk",
				    .cpus = 1,
				    .memory_mib = 64,
				    .disk_gib = 1,
				    .created_at_ms = 1700000000000,
				    .tags = {.n = 2, .v = tags}},
			     db = {.id = ID "2", .name = "db", .image = "", .size = ""};
static const struct vbc_node *const both[] = {&db, &web};
static const struct vbc_nodes nodes = {.n = 2, .v = both};

static void is_node(const struct vbc_node *got, const struct vbc_node *want)
{
	is_str(got->id, want->id, "the id");
	is_str(got->name, want->name, "the name");
	is_str(got->image, want->image, "the image");
	is_str(got->size, want->size, "the size");
	ok(got->cpus == want->cpus && got->memory_mib == want->memory_mib &&
		   got->disk_gib == want->disk_gib && got->created_at_ms == want->created_at_ms,
	   "the numbers");
	is_int(got->state, VBC_NODE_STATE_UNKNOWN, "the state is unknown");
	ok(got->machine_state && got->os_type && got->description && got->settings_file &&
		   got->error && got->firmware && got->username && got->image_name && got->iso,
	   "no text is missing");
	is_int((int)got->tags.n, (int)want->tags.n, "the tags");
	for (size_t i = 0; i < want->tags.n; i++) {
		is_str(got->tags.v[i]->key, want->tags.v[i]->key, "a key");
		is_str(got->tags.v[i]->value, want->tags.v[i]->value, "a value");
	}
}

static void test_seen(void)
{
	struct vbc_arena VBC_ARENA arena = {NULL};
	struct vbc_buf VBC_BUF text;
	struct vbc_nodes got = {.n = 0};
	int64_t at = 0;

	vbc_buf_init(&text, VBC_SEEN_MAX);
	vbc_seen_write(&text, URL, 1790000000000, &nodes);
	ok(vbc_seen_read(text.data, text.len, URL, &arena, &at, &got), "a note is read back");
	ok(at == 1790000000000, "its time");
	is_int((int)got.n, 2, "its nodes");
	for (size_t i = 0; i < got.n; i++)
		is_node(got.v[i], both[i]);
	ok(!vbc_seen_read(text.data, text.len, "http://lab2:18083", &arena, &at, &got),
	   "a note of another host is none");
	for (size_t n = 0; n < text.len; n++)
		if (vbc_seen_read(text.data, n, URL, &arena, &at, &got))
			ok(false, "the first %zu bytes of %zu are none", n, text.len);
	ok(true, "no part of a note is one");
}

#define NOTE(rest) "seen nodes 1\n" URL "\n" rest
#define LINE       ID "1\tweb\t\t\t1\t64\t1\t0"

static const struct row {
	const char *what, *text;
	bool good;
} rows[] = {
	{"no nodes", NOTE("1\nend\n"), true},
	{"one node", NOTE("1\n" LINE "\nend\n"), true},
	{"a tag", NOTE("1\n" LINE "\ta\tb\nend\n"), true},
	{"nothing", "", false},
	{"no end", NOTE("1\n" LINE "\n"), false},
	{"more after the end", NOTE("1\nend\nx"), false},
	{"another version", "seen nodes 2\n" URL "\n1\nend\n", false},
	{"no time", NOTE("\nend\n"), false},
	{"the time 0", NOTE("0\nend\n"), false},
	{"a time after all dates", NOTE("253402300800000\nend\n"), false},
	{"a negative time", NOTE("-1\nend\n"), false},
	{"half a tag", NOTE("1\n" LINE "\ta\nend\n"), false},
	{"no id", NOTE("1\nx\tweb\t\t\t1\t64\t1\t0\nend\n"), false},
	{"a path as id", NOTE("1\n../../x\tweb\t\t\t1\t64\t1\t0\nend\n"), false},
	{"a word less", NOTE("1\n" ID "1\tweb\t\t\t1\t64\t1\nend\n"), false},
	{"a number too large", NOTE("1\n" ID "1\tweb\t\t\t1\t4294967296\t1\t0\nend\n"), false},
	{"a number with a sign", NOTE("1\n" ID "1\tweb\t\t\t+1\t64\t1\t0\nend\n"), false},
	{"an escape that is none", NOTE("1\n" ID "1\tw\\x\t\t\t1\t64\t1\t0\nend\n"), false},
	{"a backslash at the end", NOTE("1\n" ID "1\tw\\\t\t\t1\t64\t1\t0\nend\n"), false},
	{"an escape of a terminal", NOTE("1\n" ID "1\tw\x1b[2J\t\t\t1\t64\t1\t0\nend\n"), false},
	{"no UTF-8", NOTE("1\n" ID "1\tw\xff\t\t\t1\t64\t1\t0\nend\n"), false},
	{"an empty line", NOTE("1\n\nend\n"), false},
};

static void test_damaged(void)
{
	for (size_t i = 0; i < VBC_COUNT(rows); i++) {
		struct vbc_arena VBC_ARENA arena = {NULL};
		struct vbc_nodes got = {.n = 0};
		int64_t at = 0;

		ok(vbc_seen_read(rows[i].text, strlen(rows[i].text), URL, &arena, &at, &got) ==
			   rows[i].good,
		   "%s", rows[i].what);
	}
}

static bool seen_has(const char *folder, const char *user, size_t n)
{
	struct vbc_arena VBC_ARENA arena = {NULL};
	struct vbc_nodes got = {.n = 0};
	int64_t at = 0;

	return vbc_seen_load(folder, URL, user, &arena, &at, &got) && got.n == n;
}

/* A command of the shell, for which $F is the folder. */
static int run(const char *command)
{
	return system(command);
}

static void test_files(void)
{
	char top[] = "/tmp/test-fleet-XXXXXX", folder[64];

	if (!mkdtemp(top))
		exit(1);
	snprintf(folder, sizeof(folder), "%s/a/b", top);
	setenv("F", folder, 1);
	ok(!seen_has(folder, "", 2), "nothing is known at first");
	vbc_seen_save(folder, URL, "", &nodes);
	ok(seen_has(folder, "", 2), "what was noted is known");
	ok(!seen_has(folder, "me", 2), "but not of another user's list");
	is_int(run("test $(stat -c %a $F) = 700"), 0, "the folder is its owner's");
	is_int(run("test $(stat -c %a $F/seen-*) = 600"), 0, "and so is the file");
	vbc_seen_save(folder, URL, "", &(struct vbc_nodes){.n = 0});
	ok(seen_has(folder, "", 0), "a later note replaces it");
	is_int(run("test $(ls $F | wc -l) = 1"), 0, "and nothing lies beside it");
	is_int(run("cd $F && touch $(ls).new"), 0, "while another program writes one,");
	vbc_seen_save(folder, URL, "", &nodes);
	ok(seen_has(folder, "", 0), "that one is the last");
	is_int(run("touch -d '2 minutes ago' $F/*.new"), 0, "if it is gone,");
	vbc_seen_save(folder, URL, "", &nodes);
	ok(seen_has(folder, "", 2), "what it left is in nobody's way");
	is_int(run("cd $F && f=$(ls) && mv $f x && ln -s x $f"), 0, "a link to it");
	ok(!seen_has(folder, "", 2), "is none");
	is_int(run("rm -rf $F"), 0, "the folder goes");
	is_int(run("touch $F"), 0, "and a file is in its place:");
	vbc_seen_save(folder, URL, "", &nodes);
	ok(!seen_has(folder, "", 2), "nothing is noted, and nothing else happens");
	is_int(run("rm -r ${F%/a/b}"), 0, "all is gone");
}

static void test_merge(void)
{
	struct vbc_arena VBC_ARENA arena = {NULL};
	struct vbc_node other = db;
	const struct vbc_node *const one[] = {&other};
	struct vbc_nodes second = {.n = 1, .v = one};
	struct vbc_fleet_part parts[] = {{.host = "a", .nodes = &nodes},
					 {.host = "b"},
					 {.host = "c", .nodes = &second, .seen_at_ms = 7}};
	struct vbc_fleet_nodes got = {.n = 9};

	ok(vbc_fleet_merge(parts, 3, &arena, &got) && got.n == 3, "three nodes of three hosts");
	is_str(got.v[0]->host, "a", "of equal ones that of the first host is first");
	is_str(got.v[1]->host, "c", "then that of the last");
	ok(got.v[1]->number == 2 && got.v[1]->seen_at_ms == 7 && got.v[1]->node == &other,
	   "with its number, and when it was seen");
	is_str(got.v[2]->node->name, web.name, "then comes the next name");
	ok(vbc_fleet_merge(parts + 1, 1, &arena, &got) && got.n == 0, "of nothing there is none");
}

struct counts {
	atomic_int all, at_once, most;
	int of[300];
};

static void count(void *arg, size_t i)
{
	struct counts *counts = arg;
	int now = atomic_fetch_add(&counts->at_once, 1) + 1;

	counts->of[i]++;
	usleep(50000);
	if (now > atomic_load(&counts->most))
		atomic_store(&counts->most, now);
	atomic_fetch_sub(&counts->at_once, 1);
	atomic_fetch_add(&counts->all, 1);
}

static void test_parallel(void)
{
	static struct counts counts;
	int once = 0;

	vbc_parallel(300, count, &counts);
	for (size_t i = 0; i < VBC_COUNT(counts.of); i++)
		once += counts.of[i] == 1;
	is_int(once, 300, "each is done once");
	ok(atomic_load(&counts.most) > 1 && atomic_load(&counts.most) <= VBC_PARALLEL_MAX,
	   "%d of them at the same time", atomic_load(&counts.most));
	vbc_parallel(0, count, &counts);
	is_int(atomic_load(&counts.all), 300, "of none, none is");
}

static void test_open(void)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT, bad = VBC_HOST_OPTS_INIT;
	struct vbc_fleet_member members[] = {{"a", &opts}, {"b", &opts}, {"a", &opts}};
	struct vbc_fleet *fleet = NULL;
	struct vbc_error err = {0};

	opts.password = "secret";
	bad.url = "ftp://x";
	is_int(vbc_fleet_open(members, 3, NULL, &fleet, &err), VBC_E_ARG, "a name twice");
	ok(strstr(err.text, "two hosts 'a'") && !fleet, "%s", err.text);
	err = (struct vbc_error){0};
	is_int(vbc_fleet_open(members, 0, NULL, &fleet, &err), VBC_E_ARG, "no host: %s", err.text);
	members[2] = (struct vbc_fleet_member){"c", &bad};
	err = (struct vbc_error){0};
	is_int(vbc_fleet_open(members, 3, NULL, &fleet, &err), VBC_E_ARG, "no URL");
	ok(strncmp(err.text, "c: ", 3) == 0, "says which: %s", err.text);
	members[2].name = "";
	is_int(vbc_fleet_open(members, 3, NULL, &fleet, NULL), VBC_E_ARG, "no name");
	is_int(vbc_fleet_open(members, 2, NULL, &fleet, NULL), 0, "two hosts");
	is_int((int)vbc_fleet_count(fleet), 2, "are two");
	is_str(vbc_fleet_name(fleet, 1), "b", "with their names");
	ok(vbc_fleet_host(fleet, 1) && !vbc_fleet_host(fleet, 2) && !vbc_fleet_name(fleet, 2),
	   "and their handles, and no more");
	vbc_fleet_close(fleet);
	vbc_fleet_close(NULL);
	vbc_fleet_cancel(NULL);
	is_int((int)vbc_fleet_count(NULL), 0, "no fleet has no host");
}

int main(void)
{
	test_seen();
	test_damaged();
	test_files();
	test_merge();
	test_parallel();
	test_open();
	return tap_done();
}
