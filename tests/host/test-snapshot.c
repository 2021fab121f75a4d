/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots on a real host: of volumes that are detached, attached, in use; new volumes from them;
 * of nodes that are stopped and that run: listed as a tree, gone back to, deleted.
 */
#include "volumes.h"

static struct vbc_host *host;

static struct vbc_snapshot *take(const char *volume, const char *node, const char *name)
{
	struct vbc_snapshot_create_opts opts = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct vbc_snapshot *s = NULL;
	struct vbc_error err = {0};

	opts.name = name;
	opts.description = "what for";
	succeeds(vbc_snapshot_create(host, volume, node, &opts, NULL, &s, &err), &err,
		 "a snapshot is taken");
	return s;
}

static void remove_snapshot(const char *node, const char *snapshot)
{
	struct vbc_error err = {0};

	succeeds(vbc_snapshot_delete(host, node, snapshot, NULL, &err), &err,
		 "a snapshot is deleted");
}

/* The ids, names and parents of those of a volume or node, as one text. */
static const char *listed(const char *volume, const char *node)
{
	static char text[1000];
	struct vbc_snapshots *list = NULL;
	struct vbc_error err = {0};

	text[0] = '\0';
	if (!succeeds(vbc_snapshot_list(host, volume, node, &list, &err), &err, "a list"))
		return "";
	for (size_t i = 0; i < list->n; i++) {
		const char *above = "";
		size_t end = strlen(text);

		for (size_t p = 0; p < i; p++)
			if (strcmp(list->v[p]->id, list->v[i]->parent) == 0)
				above = list->v[p]->name;
		snprintf(text + end, sizeof(text) - end, "%s%s%s%s%s", i ? " " : "",
			 list->v[i]->name, *above ? "<" : "", above,
			 list->v[i]->current ? "*" : "");
	}
	vbc_snapshots_free(list);
	return text;
}

static void check_taken(const struct vbc_snapshot *s, const struct vbc_volume *v)
{
	if (!s)
		return;
	is_str(s->of, v->id, "it is of the volume");
	is_str(s->of_name, v->name, "and says its name");
	is_str(s->description, "what for", "and what for");
	ok(s->kind == VBC_SNAPSHOT_KIND_VOLUME && s->size_bytes == v->size_bytes &&
		   s->created_at_ms >= v->created_at_ms,
	   "and its size and time");
}

/* A volume from the snapshot holds what the original held when it was taken. */
static void check_copy(const char *snapshot, unsigned size_gib, unsigned seed)
{
	struct vbc_volume *copy = make_volume(host, own_name("copy"), size_gib, false, snapshot);

	if (!ok(copy != NULL, "a volume is made from the snapshot"))
		return;
	is_str(copy->snapshot, snapshot, "it says what it was made from");
	is_int(copy->size_gib, size_gib ? size_gib : 1, "it is as large as asked for");
	has_pattern(host, copy->id, seed, "it holds what the snapshot held");
	ok(destroy_volume(host, copy->id), "the volume is destroyed");
	vbc_volume_free(copy);
}

static void test_of_volume(const struct vbc_volume *v, const struct vbc_node *node)
{
	struct vbc_volume_create_opts opts = VBC_VOLUME_CREATE_OPTS_INIT;
	struct vbc_snapshot *detached, *attached, *running;
	struct vbc_volume *none = NULL;
	struct vbc_error err = {0};

	detached = take(v->id, NULL, "detached");
	check_taken(detached, v);
	write_pattern(v, 2);
	succeeds(vbc_volume_attach(host, v->id, node->id, NULL, NULL, &err), &err,
		 "the volume is attached");
	attached = take(v->name, NULL, "attached");
	succeeds(vbc_node_start(host, node->id, NULL, NULL, &err), &err, "the node runs");
	running = take(v->id, NULL, "running");
	check_taken(running, v);
	is_str(state_of(host, node->id), "running", "the node still runs");
	is_str(listed(NULL, node->id), "", "and has no snapshot itself");
	ok(is_attached_to(host, v->id, node->id), "the volume itself is attached");
	is_str(listed(v->id, NULL), "detached attached running", "all are listed, by time");
	if (!detached || !attached || !running)
		return;
	check_copy(detached->id, 0, 1);
	check_copy(running->id, 2, 2);
	refuses(vbc_snapshot_delete(host, NULL, own_name("none"), NULL, &err), &err, VBC_E_NOTFOUND,
		"no snapshot", "deleting what is not there");
	remove_snapshot(NULL, detached->id);
	err = (struct vbc_error){0};
	succeeds(vbc_node_stop(host, node->id, &by_force, NULL, &err), &err, "the node stops");
	succeeds(vbc_volume_detach(host, v->id, NULL, NULL, &err), &err, "the volume is detached");
	succeeds(vbc_volume_resize(host, v->id, 2, NULL, &err), &err, "and can be grown");
	ok(destroy_volume(host, v->id), "the volume is destroyed");
	is_str(listed(v->id, NULL), "attached running", "its snapshots outlive it");
	check_copy(attached->id, 0, 2);
	remove_snapshot(NULL, attached->id);
	opts.size_gib = 1;
	opts.snapshot = attached->id;
	refuses(vbc_volume_create(host, own_name("copy"), &opts, NULL, &none, &err), &err,
		VBC_E_NOTFOUND, "no snapshot", "a volume from one that is gone");
	remove_snapshot(NULL, running->id);
	vbc_snapshot_free(detached);
	vbc_snapshot_free(attached);
	vbc_snapshot_free(running);
}

static void revert(const char *node, const char *snapshot)
{
	struct vbc_error err = {0};

	succeeds(vbc_snapshot_revert(host, node, snapshot, NULL, &err), &err, "it goes back");
}

static void test_of_node(const struct vbc_node *node)
{
	struct vbc_snapshot *s;
	struct vbc_error err = {0};

	is_str(listed(NULL, node->id), "", "a new node has none: the marker is hidden");
	refuses(vbc_snapshot_revert(host, node->id, NULL, NULL, &err), &err, VBC_E_NOTFOUND,
		"no snapshot", "going back to none");
	s = take(NULL, node->id, "first");
	if (s) {
		is_str(s->of, node->id, "it is of the node");
		is_str(s->of_name, node->name, "and says its name");
		is_str(s->parent, "", "it builds on nothing");
		ok(s->kind == VBC_SNAPSHOT_KIND_NODE && s->current && !s->running, "it is current");
	}
	vbc_snapshot_free(s);
	vbc_snapshot_free(take(NULL, node->name, "second"));
	is_str(listed(NULL, node->id), "first second<first*", "one builds on the other");
	revert(node->id, "first");
	vbc_snapshot_free(take(NULL, node->id, "third"));
	is_str(listed(NULL, node->id), "first second<first third<first*", "a branch");
	err = (struct vbc_error){0};
	refuses(vbc_snapshot_delete(host, node->id, "first", NULL, &err), &err, VBC_E_STATE,
		"2 snapshots", "deleting what two build on");
	remove_snapshot(node->id, "second");
	remove_snapshot(node->id, "first");
	is_str(listed(NULL, node->id), "third*", "the last one is left");
	err = (struct vbc_error){0};
	succeeds(vbc_node_start(host, node->id, NULL, NULL, &err), &err, "the node starts");
	s = take(NULL, node->id, NULL);
	ok(s && s->running && strlen(s->name) == strlen("2026-11-22T20:00:00Z"),
	   "one of a running node, called after its time");
	refuses(vbc_snapshot_revert(host, node->id, NULL, NULL, &err), &err, VBC_E_STATE, "running",
		"going back while it runs");
	err = (struct vbc_error){0};
	succeeds(vbc_node_stop(host, node->id, &by_force, NULL, &err), &err, "the node stops");
	revert(node->id, NULL);
	is_str(state_of(host, node->id), "suspended", "it is as it ran");
	revert(node->id, "third");
	is_str(state_of(host, node->id), "stopped", "it is as it was stopped");
	vbc_snapshot_free(s);
}

/* What a node's snapshot holds stays as it is. */
static void test_held(const struct vbc_volume *v, const struct vbc_node *node)
{
	struct vbc_error err = {0};

	succeeds(vbc_volume_attach(host, v->id, node->id, NULL, NULL, &err), &err,
		 "a volume is attached");
	vbc_snapshot_free(take(NULL, node->id, "holding"));
	refuses(vbc_volume_detach(host, v->id, NULL, NULL, &err), &err, VBC_E_STATE, "snapshot",
		"detaching");
	err = (struct vbc_error){0};
	refuses(vbc_volume_resize(host, v->id, 2, NULL, &err), &err, VBC_E_STATE, "snapshot",
		"growing");
	err = (struct vbc_error){0};
	refuses(vbc_volume_destroy(host, v->id, NULL, &err), &err, VBC_E_BUSY, node->name,
		"destroying");
	vbc_snapshot_free(take(v->id, NULL, "of what is held"));
	remove_snapshot(NULL, "of what is held");
	remove_snapshot(node->id, "holding");
	ok(is_attached_to(host, v->id, node->id), "it is free again");
	vbc_snapshot_free(take(NULL, node->id, "to be destroyed with its node"));
	ok(destroy_node(host, node->id), "the node is destroyed");
	ok(is_attached_to(host, v->id, ""), "the volume outlives node and snapshot");
	has_pattern(host, v->id, 1, "with all that was on it");
}

static void test_refused(void)
{
	struct vbc_snapshot_create_opts opts = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct vbc_snapshot *none = NULL;
	struct vbc_error err = {0};

	refuses(vbc_snapshot_create(host, "v", "n", NULL, NULL, &none, &err), &err, VBC_E_ARG,
		"not both", "of a volume and of a node");
	err = (struct vbc_error){0};
	refuses(vbc_snapshot_create(host, NULL, NULL, NULL, NULL, &none, &err), &err, VBC_E_ARG,
		"name one", "of nothing");
	err = (struct vbc_error){0};
	opts.name = "libcloud: x";
	refuses(vbc_snapshot_create(host, NULL, "n", &opts, NULL, &none, &err), &err, VBC_E_ARG,
		"libcloud: ", "with a name of ours");
	ok(!none, "none of them gives a snapshot");
}

/* So that they are there before the host's files are counted. */
static void make_folders(void)
{
	struct vbc_volume *v = make_volume(host, own_name("first"), 1, true, NULL);

	if (!v)
		bail_out("no volume");
	vbc_snapshot_free(take(v->id, NULL, own_name("first")));
	remove_snapshot(NULL, own_name("first"));
	ok(destroy_volume(host, v->id), "the volume is destroyed");
	vbc_volume_free(v);
}

int main(void)
{
	struct vbc_volume *v, *w;
	struct vbc_node *node;
	struct holdings before;

	host = host_open();
	make_image(host);
	make_folders();
	before = look(host);
	node = make_node(host, own_name("node"), false);
	v = make_volume(host, own_name("disk"), 1, false, NULL);
	w = make_volume(host, own_name("held"), 1, false, NULL);
	if (!node || !v || !w)
		bail_out("nothing to test with");
	write_pattern(v, 1);
	write_pattern(w, 1);
	test_refused();
	test_of_volume(v, node);
	test_of_node(node);
	test_held(w, node);
	ok(destroy_volume(host, w->id), "the volume is destroyed");
	is_as_before(host, &before, "snapshots");
	vbc_volume_free(v);
	vbc_volume_free(w);
	vbc_node_free(node);
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
