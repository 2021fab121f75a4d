/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Volumes on a real host: made, found, attached to nodes that are stopped and that run, grown with
 * their content, refused, surviving their node, destroyed.
 */
#include <unistd.h>

#include "volumes.h"

#define GIB (1ull << 30)

static struct vbc_host *host;

static void attach(const char *volume, const struct vbc_node *node, const char *what)
{
	struct vbc_volume_attach_opts opts = VBC_VOLUME_ATTACH_OPTS_INIT;
	struct vbc_error err = {0};

	succeeds(vbc_volume_attach(host, volume, node->id, &opts, NULL, &err), &err, what);
	ok(is_attached_to(host, volume, node->id), "%s: it is there", what);
}

static void detach(const char *volume, const char *what)
{
	struct vbc_volume_detach_opts opts = VBC_VOLUME_DETACH_OPTS_INIT;
	struct vbc_error err = {0};

	succeeds(vbc_volume_detach(host, volume, &opts, NULL, &err), &err, what);
	ok(is_attached_to(host, volume, ""), "%s: it is nowhere", what);
}

static void test_new(const struct vbc_volume *v)
{
	struct vbc_volume *found = NULL;
	struct vbc_volumes *list = NULL;
	struct vbc_error err = {0};
	size_t seen = 0;

	is_str(v->name, own_name("disk"), "its name");
	ok(v->size_gib == 1 && v->size_bytes == GIB, "exactly one GiB");
	ok(!v->dynamic && v->used_bytes >= GIB, "all of which is taken from the host at once");
	ok(!*v->node && !*v->device && !*v->snapshot, "attached to nothing, made from nothing");
	ok(strstr(v->location, "volumes") && v->created_at_ms > 0, "in the folder of volumes");
	if (succeeds(vbc_volume_get(host, own_name("disk"), &found, &err), &err, "found by name"))
		is_str(found->id, v->id, "it is the same");
	vbc_volume_free(found);
	succeeds(vbc_volume_list(host, &list, &err), &err, "all are listed");
	for (size_t i = 0; list && i < list->n; i++)
		seen += strcmp(list->v[i]->id, v->id) == 0;
	is_int(seen, 1, "it is among them");
	vbc_volumes_free(list);
}

static void refuses_create(const char *name, unsigned size_gib, const char *snapshot, int want,
			   const char *text)
{
	struct vbc_volume_create_opts opts = VBC_VOLUME_CREATE_OPTS_INIT;
	struct vbc_volume *untouched = NULL;
	struct vbc_error err = {0};

	opts.size_gib = size_gib;
	opts.snapshot = snapshot;
	refuses(vbc_volume_create(host, name, &opts, NULL, &untouched, &err), &err, want, text,
		"a wrong one");
	ok(!untouched, "gives no volume");
}

static void test_refused(const struct vbc_volume *v)
{
	struct vbc_error err = {0};

	refuses_create(v->name, 1, NULL, VBC_E_EXISTS, v->id);
	refuses_create("", 1, NULL, VBC_E_ARG, "name");
	refuses_create(own_name("other"), 0, NULL, VBC_E_ARG, "needs a size");
	refuses_create(own_name("other"), 2048, NULL, VBC_E_ARG, "2047");
	refuses_create(own_name("other"), 1, own_name("none"), VBC_E_NOTFOUND, "snapshot");
	refuses(vbc_volume_attach(host, own_name("none"), "x", NULL, NULL, &err), &err,
		VBC_E_NOTFOUND, "no volume", "attaching what is not there");
	err = (struct vbc_error){0};
	refuses(vbc_volume_attach(host, v->id, own_name("none"), NULL, NULL, &err), &err,
		VBC_E_NOTFOUND, "no node", "attaching to what is not there");
	err = (struct vbc_error){0};
	refuses(vbc_volume_destroy(host, "00000000-0000-4000-8000-000000000000", NULL, &err), &err,
		VBC_E_NOTFOUND, "no volume", "destroying what is not there");
}

static void test_stopped(const struct vbc_volume *v, const struct vbc_node *a,
			 const struct vbc_node *b)
{
	struct vbc_error err = {0};

	attach(v->id, a, "attaching to a stopped node");
	attach(v->id, a, "attaching again");
	refuses(vbc_volume_attach(host, v->id, b->id, NULL, NULL, &err), &err, VBC_E_BUSY, a->name,
		"attaching to another");
	err = (struct vbc_error){0};
	refuses(vbc_volume_destroy(host, v->id, NULL, &err), &err, VBC_E_BUSY, a->name,
		"destroying while attached");
	ok(is_attached_to(host, v->id, a->id), "it is still there");
	detach(v->id, "detaching");
	detach(v->id, "detaching again");
}

/* One of fixed size is copied, and takes its place and id again. */
static void test_growth(const struct vbc_volume *v, const struct vbc_node *node)
{
	struct vbc_volume *now;
	struct vbc_error err = {0};

	attach(v->id, node, "attaching to grow");
	succeeds(vbc_volume_resize(host, v->id, 2, NULL, &err), &err, "growing while attached");
	now = get_volume(host, v->id);
	ok(now->size_gib == 2 && now->size_bytes == 2 * GIB && !now->dynamic, "it has two GiB");
	is_str(now->name, v->name, "and its name");
	ok(now->created_at_ms == v->created_at_ms, "and its age");
	is_str(now->node, node->id, "and its node");
	vbc_volume_free(now);
	has_pattern(host, v->id, 1, "and what was on it");
	refuses(vbc_volume_resize(host, v->id, 1, NULL, &err), &err, VBC_E_ARG, "grow",
		"shrinking");
	detach(v->id, "detaching after growth");
}

static void test_dynamic(void)
{
	struct vbc_volume *v = make_volume(host, own_name("thin"), 1, true, NULL), *now;
	struct vbc_error err = {0};

	if (!ok(v != NULL, "a dynamic one is made"))
		return;
	ok(v->dynamic && v->used_bytes < GIB / 8, "a dynamic one takes little");
	succeeds(vbc_volume_resize(host, v->name, 3, NULL, &err), &err, "growing a dynamic one");
	now = get_volume(host, v->id);
	ok(now->dynamic && now->size_gib == 3, "it is larger");
	is_str(now->location, v->location, "and where it was");
	vbc_volume_free(now);
	ok(destroy_volume(host, v->id), "the volume is destroyed");
	vbc_volume_free(v);
}

static void test_running(const struct vbc_volume *v, const struct vbc_node *node)
{
	struct vbc_error err = {0};

	attach(v->id, node, "attaching before the start");
	succeeds(vbc_node_start(host, node->id, NULL, NULL, &err), &err, "the node starts");
	detach(v->id, "detaching after the start");
	attach(v->id, node, "attaching to a running node");
	refuses(vbc_volume_resize(host, v->id, 3, NULL, &err), &err, VBC_E_BUSY, node->name,
		"growing while it runs");
	is_str(state_of(host, node->id), "running", "the node still runs");
	detach(v->id, "detaching from a running node");
	attach(v->id, node, "attaching to it again");
	err = (struct vbc_error){0};
	succeeds(vbc_node_stop(host, node->id, &by_force, NULL, &err), &err, "the node stops");
	ok(is_attached_to(host, v->id, node->id), "it is attached after the stop");
	succeeds(vbc_node_start(host, node->id, NULL, NULL, &err), &err, "the node starts again");
	detach(v->id, "detaching what was plugged in an earlier run");
	attach(v->id, node, "attaching it for the end");
	err = (struct vbc_error){0};
	succeeds(vbc_node_stop(host, node->id, &by_force, NULL, &err), &err,
		 "the node stops again");
}

static void test_survival(const struct vbc_volume *v, const struct vbc_node *node)
{
	ok(destroy_node(host, node->id), "the node is destroyed");
	ok(is_attached_to(host, v->id, ""), "the volume is there without its node");
	has_pattern(host, v->id, 1, "with all that was on it");
}

/* So that they are there before the host's files are counted. */
static void make_folders(void)
{
	struct vbc_volume *v = make_volume(host, own_name("first"), 1, true, NULL);

	if (!v)
		bail_out("no volume");
	ok(destroy_volume(host, v->id), "the volume is destroyed");
	vbc_volume_free(v);
}

int main(void)
{
	struct vbc_node *a, *b;
	struct vbc_volume *v;
	struct holdings before;

	host = host_open();
	make_image(host);
	make_folders();
	before = look(host);
	a = make_node(host, own_name("a"), false);
	b = make_node(host, own_name("b"), false);
	v = make_volume(host, own_name("disk"), 1, false, NULL);
	if (!a || !b || !v)
		bail_out("nothing to test with");
	write_pattern(v, 1);
	test_new(v);
	test_refused(v);
	test_stopped(v, a, b);
	test_growth(v, a);
	test_dynamic();
	test_running(v, a);
	test_survival(v, a);
	ok(destroy_volume(host, v->id), "the volume is destroyed");
	ok(destroy_node(host, b->id), "the node is destroyed");
	is_as_before(host, &before, "volumes");
	vbc_volume_free(v);
	vbc_node_free(a);
	vbc_node_free(b);
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
