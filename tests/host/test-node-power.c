/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes on a real host: started, stopped, rebooted, waited for, pictured. The guest halts at once
 * and listens to nothing.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"

static struct vbc_host *host;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool succeeds(int code, const struct vbc_error *err, const char *what)
{
	return ok(code == 0, "%s %s", what, err->text);
}

static void start(const char *id, const char *what)
{
	struct vbc_error err = {0};

	succeeds(vbc_node_start(host, id, NULL, NULL, &err), &err, what);
	is_str(state_of(host, id), "running", "%s: it runs", what);
}

static void stop(const char *id, const char *what)
{
	struct vbc_error err = {0};

	succeeds(vbc_node_stop(host, id, &by_force, NULL, &err), &err, what);
	is_str(state_of(host, id), "stopped", "%s: it is stopped", what);
}

static void refuses(int code, const struct vbc_error *err, const char *what)
{
	is_str(vbc_code_name(code), "VBC_E_STATE", "%s: %s", what, err->text);
	is_int(err->code, code, "%s: the error says the same", what);
}

static void test_power(const char *id)
{
	struct vbc_error err = {0};

	stop(id, "stopping what is stopped");
	start(id, "starting");
	start(id, "starting what runs");
	succeeds(vbc_node_reboot(host, id, &by_force, NULL, &err), &err, "rebooting by force");
	is_str(state_of(host, id), "running", "it runs again");
	stop(id, "stopping by force");
	stop(id, "stopping what is stopped");
	start(id, "starting again");
	stop(id, "stopping again");
}

static void test_refused(const char *id)
{
	struct vbc_error reboot = {0}, gently = {0}, button = {0}, asked = {0};

	refuses(vbc_node_reboot(host, id, &by_force, NULL, &reboot), &reboot,
		"rebooting what is stopped");
	refuses(vbc_node_reboot(host, id, NULL, NULL, &gently), &gently, "also gently");
	start(id, "starting");
	refuses(vbc_node_stop(host, id, NULL, NULL, &button), &button,
		"the power button of a guest that does not listen");
	refuses(vbc_node_reboot(host, id, NULL, NULL, &asked), &asked, "asking it to reboot");
	is_str(state_of(host, id), "running", "it runs on");
	stop(id, "stopping by force");
}

static void test_picture(const char *id)
{
	struct vbc_error err = {0}, off = {0};
	void *png = NULL;
	size_t size = 99;

	refuses(vbc_node_screenshot(host, id, &png, &size, &off), &off,
		"the screen of what is stopped");
	ok(!png && size == 99, "outputs are left alone");
	start(id, "starting");
	usleep(500000); /* until the machine has set up its screen */
	if (succeeds(vbc_node_screenshot(host, id, &png, &size, &err), &err, "a picture"))
		ok(size > 100 && memcmp(png, "\x89PNG\r\n\x1a\n", 8) == 0, "is a PNG of %zu bytes",
		   size);
	free(png);
	stop(id, "stopping");
}

static void *stop_soon(void *id)
{
	usleep(700000);
	return vbc_node_stop(host, id, &by_force, NULL, NULL) ? id : NULL;
}

static void test_wait(char *id)
{
	const struct vbc_wait second = {.timeout_ms = 1000};
	struct vbc_error err = {0}, late = {0};
	pthread_t stopper;
	void *failed = NULL;
	int64_t began;

	succeeds(vbc_node_wait(host, id, VBC_NODE_STATE_STOPPED, &second, &err), &err,
		 "waiting for what is so already");
	began = now_ms();
	is_int(vbc_node_wait(host, id, VBC_NODE_STATE_RUNNING, &second, &late), VBC_E_TIMEOUT,
	       "waiting in vain: %s", late.text);
	ok(now_ms() - began >= 1000 && now_ms() - began < 2000,
	   "takes as long as allowed (%lld ms)", (long long)(now_ms() - began));
	start(id, "starting");
	pthread_create(&stopper, NULL, stop_soon, id);
	began = now_ms();
	succeeds(vbc_node_wait(host, id, VBC_NODE_STATE_STOPPED, NULL, &err), &err,
		 "waiting while another thread stops it");
	ok(now_ms() - began >= 500, "is waiting (%lld ms)", (long long)(now_ms() - began));
	pthread_join(stopper, &failed);
	ok(!failed, "the other thread has stopped it");
}

static void test_destroyed(struct vbc_node *running)
{
	struct vbc_error err = {0};

	start(running->id, "starting");
	ok(destroy_node(host, running->id), "a running node is destroyed");
	is_str(state_of(host, running->id), "VBC_E_NOTFOUND", "and gone");
	is_int(vbc_node_destroy(host, running->id, NULL, &err), VBC_E_NOTFOUND,
	       "it cannot be destroyed twice: %s", err.text);
	is_int(vbc_node_start(host, running->id, NULL, NULL, NULL), VBC_E_NOTFOUND, "nor started");
}

int main(void)
{
	struct holdings before;
	struct vbc_node *node;

	host = host_open();
	make_image(host);
	before = look(host);
	node = make_node(host, own_name("power"), false);
	if (node) {
		test_power(node->id);
		test_refused(node->id);
		test_picture(node->id);
		test_wait((char *)(uintptr_t)node->id);
		test_destroyed(node);
	}
	ok(node != NULL, "there was a node");
	vbc_node_free(node);
	is_as_before(host, &before, "at the end");
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
