/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Eight threads on a real host: on one handle, and on a handle each with a session of its own, each
 * with nodes of its own, then all on the same node.
 */
#include <pthread.h>
#include <stdlib.h>

#include "nodes.h"

#define THREADS 8

struct worker {
	struct vbc_host *host;
	pthread_t thread;
	int number, rounds;
	int bad; /* answers that were wrong */
	char name[100];
	const char *id; /* of a node that all work on */
	int codes[3];
};

/* A handle that shares nothing with others: the time allowed is part of what makes them equal. */
static struct vbc_host *open_own(int number)
{
	struct vbc_host_opts opts = host_opts();
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};

	opts.call_timeout_ms = 60001 + (unsigned)number;
	if (vbc_host_open(&opts, &host, &err))
		bail_out(err.text);
	return host;
}

static void run_all(struct worker *workers, void *(*work)(void *))
{
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			bail_out("no thread");
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
}

static void expect(struct worker *w, bool good, const char *what, const struct vbc_error *err)
{
	if (good)
		return;
	w->bad++;
	printf("# thread %d: %s: %s %s\n", w->number, what, vbc_code_name(err->code), err->text);
}

static void check_list(struct worker *w, const char *id)
{
	struct vbc_nodes *nodes = NULL;
	struct vbc_error err = {0};
	int hits = 0, nameless = 0;

	if (!vbc_node_list(w->host, VBC_NODE_FIELD_NAME, &nodes, &err)) {
		for (size_t i = 0; i < nodes->n; i++) {
			hits += strcmp(nodes->v[i]->id, id) == 0 &&
				strcmp(nodes->v[i]->name, w->name) == 0;
			nameless += !nodes->v[i]->id[0];
		}
		vbc_nodes_free(nodes);
	}
	expect(w, hits == 1 && !nameless, "the list has it once, with its name", &err);
}

static void check_state(struct worker *w, const char *id, enum vbc_node_state state)
{
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};
	int code = vbc_node_get(w->host, id, &node, &err);

	expect(w,
	       !code && node->state == state && strcmp(node->id, id) == 0 &&
		       strcmp(node->name, w->name) == 0,
	       vbc_node_state_name(state), &err);
	vbc_node_free(node);
}

static void live(struct worker *w)
{
	struct vbc_node *node = make_node(w->host, w->name, false), *gone = NULL;
	struct vbc_error err = {0};

	expect(w, node != NULL, "create", &err);
	if (!node)
		return;
	check_list(w, node->id);
	check_state(w, node->id, VBC_NODE_STATE_STOPPED);
	expect(w, !vbc_node_start(w->host, node->id, NULL, NULL, &err), "start", &err);
	check_state(w, node->id, VBC_NODE_STATE_RUNNING);
	check_list(w, node->id);
	if (w->number % 2)
		expect(w, !vbc_node_stop(w->host, node->id, &by_force, NULL, &err), "stop", &err);
	expect(w, !vbc_node_destroy(w->host, node->id, NULL, &err), "destroy", &err);
	expect(w, vbc_node_get(w->host, node->id, &gone, NULL) == VBC_E_NOTFOUND, "gone", &err);
	vbc_node_free(node);
}

static void *work_alone(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < w->rounds; i++)
		live(w);
	return NULL;
}

static void test_own_nodes(struct vbc_host *shared, const char *what, int rounds)
{
	struct worker workers[THREADS] = {0};
	int bad = 0;

	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.number = i, .rounds = rounds};
		workers[i].host = shared ? shared : open_own(i);
		snprintf(workers[i].name, sizeof(workers[i].name), "%s/%d", own_name("thread"), i);
	}
	run_all(workers, work_alone);
	for (int i = 0; i < THREADS; i++) {
		bad += workers[i].bad;
		if (!shared)
			vbc_host_close(workers[i].host);
	}
	is_int(bad, 0, "%s: every answer is right", what);
}

static void *read_much(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < w->rounds; i++) {
		struct vbc_nodes *nodes = NULL;
		struct vbc_images *images = NULL;
		struct vbc_error err = {0};

		expect(w, !vbc_node_list(w->host, (unsigned)VBC_NODE_FIELD_ALL, &nodes, &err),
		       "list", &err);
		expect(w, !vbc_image_list(w->host, &images, &err), "images", &err);
		vbc_nodes_free(nodes);
		vbc_images_free(images);
	}
	return NULL;
}

/* Lists are made while machines come and go: never an error, never half a machine. */
static void test_lists_meanwhile(struct vbc_host *host)
{
	struct worker workers[THREADS] = {0};
	struct worker maker = {.host = host, .number = 99, .rounds = 5};
	pthread_t thread;
	int bad = 0;

	snprintf(maker.name, sizeof(maker.name), "%s", own_name("maker"));
	for (int i = 0; i < THREADS; i++)
		workers[i] = (struct worker){.host = host, .number = i, .rounds = 20};
	if (pthread_create(&thread, NULL, work_alone, &maker))
		bail_out("no thread");
	run_all(workers, read_much);
	pthread_join(thread, NULL);
	for (int i = 0; i < THREADS; i++)
		bad += workers[i].bad;
	is_int(bad, 0, "lists while machines come and go");
	is_int(maker.bad, 0, "who makes them has right answers too");
}

static void *fight(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < w->rounds; i++) {
		bool start = (i + w->number) % 2;
		struct vbc_error err = {0};
		int code = start ? vbc_node_start(w->host, w->id, NULL, NULL, &err)
				 : vbc_node_stop(w->host, w->id, &by_force, NULL, &err);

		expect(w, code == 0 || code == VBC_E_BUSY || code == VBC_E_STATE,
		       start ? "start of the same" : "stop of the same", &err);
	}
	return NULL;
}

static void *destroy_same(void *arg)
{
	struct worker *w = arg;
	struct vbc_error err = {0};
	int code = vbc_node_destroy(w->host, w->id, NULL, &err);

	expect(w, code == 0 || code == VBC_E_NOTFOUND, "destroy of the same", &err);
	w->codes[0] = code;
	return NULL;
}

static void test_same_node(struct vbc_host *shared, const char *what)
{
	struct worker workers[THREADS] = {0};
	struct vbc_host *host = shared ? shared : open_own(100);
	struct vbc_node *node = make_node(host, own_name("same"), false);
	int bad = 0, done = 0;

	if (!ok(node != NULL, "%s: a node", what))
		return;
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.number = i, .rounds = 3, .id = node->id};
		workers[i].host = shared ? shared : open_own(i);
	}
	run_all(workers, fight);
	ok(vbc_node_start(host, node->id, NULL, NULL, NULL) == 0,
	   "%s: fought for, it can be started", what);
	run_all(workers, destroy_same);
	for (int i = 0; i < THREADS; i++) {
		bad += workers[i].bad;
		done += workers[i].codes[0] == 0;
		if (!shared)
			vbc_host_close(workers[i].host);
	}
	is_int(bad, 0, "%s: started, stopped and destroyed by all at once: clear answers", what);
	ok(done >= 1, "%s: destroyed by %d", what, done);
	is_str(state_of(host, node->id), "VBC_E_NOTFOUND", "%s: it is gone", what);
	vbc_node_free(node);
	if (!shared)
		vbc_host_close(host);
}

int main(void)
{
	struct vbc_host *host = host_open();
	struct holdings before;

	make_image(host);
	before = look(host);
	test_own_nodes(host, "one handle", 2);
	test_own_nodes(NULL, "a handle each", 1);
	test_lists_meanwhile(host);
	test_same_node(host, "one handle");
	test_same_node(NULL, "a handle each");
	is_as_before(host, &before, "at the end");
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
