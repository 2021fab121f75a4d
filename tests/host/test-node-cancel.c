/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Long calls on a real host that are cancelled or come to the end of their time: how soon they
 * return, and that they leave nothing half-done.
 */
#include <stdlib.h>
#include <time.h>

#include "nodes.h"

#define RETURNS_MS 5000

static struct vbc_host *host;
static const char *image;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Cancels at the nth question; checks what it is told. */
struct watch {
	unsigned nth, asked, percent;
	bool backwards, nameless;
	int64_t cancelled_ms;
};

static int tick(void *data, const struct vbc_progress *p)
{
	struct watch *w = data;

	w->nameless = w->nameless || !p->what || !p->what[0];
	w->backwards = w->backwards || p->percent < w->percent || p->percent > 100;
	w->percent = p->percent;
	if (++w->asked != w->nth)
		return 0;
	w->cancelled_ms = now_ms();
	return 1;
}

static int create(const struct vbc_wait *wait, struct vbc_node **ret, struct vbc_error *err)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;

	opts.image = image;
	opts.node_size = "1_cpu-64_ram-8_disk";
	return vbc_node_create(host, own_name("cancel"), &opts, wait, ret, err);
}

static void check_cancelled(const char *what, const struct watch *w, int code,
			    const struct vbc_error *err)
{
	is_str(vbc_code_name(code), "VBC_E_CANCELLED", "%s, at question %u: %s", what, w->nth,
	       err->text);
	ok(now_ms() - w->cancelled_ms < RETURNS_MS, "it returned %lld ms later",
	   (long long)(now_ms() - w->cancelled_ms));
	ok(w->asked == w->nth, "and asked no more");
}

/* How many questions a create asks that is not cancelled. */
static unsigned count_questions(void)
{
	struct watch w = {0};
	const struct vbc_wait wait = {.tick = tick, .data = &w};
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	ok(!create(&wait, &node, &err), "a create that is watched %s", err.text);
	ok(!w.nameless, "each question tells what is done");
	ok(!w.backwards, "and how far it is, never less than before");
	ok(node && destroy_node(host, node->id), "the node is destroyed");
	vbc_node_free(node);
	return w.asked;
}

static void test_create_cancelled(unsigned nth)
{
	struct holdings before = look(host);
	struct watch w = {.nth = nth};
	const struct vbc_wait wait = {.tick = tick, .data = &w};
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};
	int code = create(&wait, &node, &err);

	if (w.asked < nth)
		ok(code == 0 && node && destroy_node(host, node->id),
		   "a create, done before question %u %s", nth, err.text);
	else
		check_cancelled("a create", &w, code, &err);
	if (w.asked >= nth)
		ok(!node, "there is no node");
	vbc_node_free(node);
	is_as_before(host, &before, "cancelled");
}

static void test_create_late(unsigned timeout_ms)
{
	struct holdings before = look(host);
	const struct vbc_wait wait = {.timeout_ms = timeout_ms};
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};
	int64_t began = now_ms();
	int code = create(&wait, &node, &err);

	ok(code == VBC_E_TIMEOUT || (code == 0 && node), "a create within %u ms: %s %s", timeout_ms,
	   vbc_code_name(code), err.text);
	ok(now_ms() - began < timeout_ms + RETURNS_MS, "takes %lld ms",
	   (long long)(now_ms() - began));
	if (node)
		ok(destroy_node(host, node->id), "it came in time and is destroyed");
	vbc_node_free(node);
	is_as_before(host, &before, "late");
}

typedef int action(const char *id, const struct vbc_wait *wait, struct vbc_error *err);

static int do_start(const char *id, const struct vbc_wait *wait, struct vbc_error *err)
{
	return vbc_node_start(host, id, NULL, wait, err);
}

static int do_stop(const char *id, const struct vbc_wait *wait, struct vbc_error *err)
{
	return vbc_node_stop(host, id, &by_force, wait, err);
}

static int do_reboot(const char *id, const struct vbc_wait *wait, struct vbc_error *err)
{
	return vbc_node_reboot(host, id, &by_force, wait, err);
}

static int do_wait(const char *id, const struct vbc_wait *wait, struct vbc_error *err)
{
	return vbc_node_wait(host, id, VBC_NODE_STATE_SUSPENDED, wait, err);
}

static int do_destroy(const char *id, const struct vbc_wait *wait, struct vbc_error *err)
{
	return vbc_node_destroy(host, id, wait, err);
}

/* Whatever was cancelled, the node is whole: it can be stopped, started and destroyed. */
static void check_whole(const char *id, action *act, const char *what)
{
	struct vbc_error err = {0};

	if (vbc_node_stop(host, id, &by_force, NULL, &err) == VBC_E_NOTFOUND) {
		ok(act == do_destroy, "%s: it is gone", what);
		return;
	}
	ok(!err.code, "%s: afterwards it can be stopped %s", what, err.text);
	ok(!vbc_node_start(host, id, NULL, NULL, &err), "%s: and started %s", what, err.text);
	is_str(state_of(host, id), "running", "%s: it runs", what);
	ok(destroy_node(host, id), "%s: and is destroyed", what);
}

static void test_action(action *act, const char *what, bool running)
{
	struct holdings before = look(host);

	for (unsigned nth = 1; nth <= 3; nth += 2) {
		struct vbc_node *node = make_node(host, own_name(what), running);
		struct watch w = {.nth = nth};
		const struct vbc_wait wait = {.tick = tick, .data = &w};
		struct vbc_error err = {0};
		int code;

		if (!ok(node != NULL, "%s: a node", what))
			return;
		code = act(node->id, &wait, &err);
		/* The call that it is asked in, if that takes long, may be the last one. */
		if (w.asked < nth || (!code && w.asked == nth))
			ok(code == 0, "%s: done by question %u %s", what, nth, err.text);
		else
			check_cancelled(what, &w, code, &err);
		check_whole(node->id, act, what);
		vbc_node_free(node);
		is_as_before(host, &before, what);
	}
}

static void test_action_late(action *act, const char *what, bool running)
{
	static const unsigned times_ms[] = {1, 20, 100};

	for (size_t i = 0; i < sizeof(times_ms) / sizeof(times_ms[0]); i++) {
		struct vbc_node *node = make_node(host, own_name(what), running);
		const struct vbc_wait wait = {.timeout_ms = times_ms[i]};
		struct vbc_error err = {0};
		int64_t began = now_ms();
		int code;

		if (!ok(node != NULL, "%s: a node", what))
			return;
		code = act(node->id, &wait, &err);
		ok(code == 0 || code == VBC_E_TIMEOUT, "%s within %u ms: %s %s", what, times_ms[i],
		   vbc_code_name(code), err.text);
		ok(now_ms() - began < times_ms[i] + RETURNS_MS, "%s: took %lld ms", what,
		   (long long)(now_ms() - began));
		check_whole(node->id, act, what);
		vbc_node_free(node);
	}
}

int main(void)
{
	struct holdings before;
	unsigned questions;

	host = host_open();
	image = make_image(host);
	before = look(host);
	questions = count_questions();
	for (unsigned nth = 1; nth <= questions; nth += nth < 10 ? 1 : 4)
		test_create_cancelled(nth);
	for (unsigned ms = 1; ms <= 1024; ms *= 4)
		test_create_late(ms);
	test_action(do_start, "start", false);
	test_action(do_stop, "stop", true);
	test_action(do_reboot, "reboot", true);
	test_action(do_wait, "wait", true);
	test_action(do_destroy, "destroy", true);
	test_action_late(do_start, "start", false);
	test_action_late(do_stop, "stop", true);
	test_action_late(do_reboot, "reboot", true);
	test_action_late(do_destroy, "destroy", true);
	is_as_before(host, &before, "at the end");
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
