/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The web session on a real host, seen by a proxy: shared by equal handles, begun anew when the
 * host forgot it, ended with the last handle, whatever the host does.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"
#include "proxy.h"

#define LOGON  "IWebsessionManager_logon"
#define LOGOFF "IWebsessionManager_logoff"

static struct proxy proxy;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* With another `agent` it is another handle: the time allowed is part of what makes them equal. */
static struct vbc_host *open_proxied(unsigned agent)
{
	return proxy_open_one_shot(&proxy, 60000 + agent);
}

static int show(struct vbc_host *host, struct vbc_error *err)
{
	struct vbc_host_info *info = NULL;
	int code = vbc_host_show(host, &info, err);

	vbc_host_info_free(info);
	return code;
}

static void works(struct vbc_host *host, const char *what)
{
	struct vbc_error err = {0};

	ok(show(host, &err) == 0, "%s: it works %s", what, err.text);
}

static void counts(int logons, int logoffs, const char *what)
{
	is_int(proxy_count(&proxy, LOGON), logons, "%s: log-ons", what);
	is_int(proxy_count(&proxy, LOGOFF), logoffs, "%s: log-offs", what);
}

static void test_shared(void)
{
	struct vbc_host *a, *b, *c;

	proxy_reset(&proxy);
	a = open_proxied(1);
	b = open_proxied(1);
	c = open_proxied(2);
	counts(0, 0, "opened handles");
	works(a, "a first handle");
	works(b, "an equal one");
	works(a, "the first again");
	counts(1, 0, "equal handles");
	works(c, "another one");
	counts(2, 0, "with another one");
	vbc_host_close(a);
	works(b, "one of two is closed");
	counts(2, 0, "one of two is closed");
	vbc_host_close(b);
	counts(2, 1, "both are closed");
	vbc_host_close(c);
	counts(2, 2, "all are closed");
	a = open_proxied(1);
	works(a, "opened again");
	vbc_host_close(a);
	counts(3, 3, "opened again");
}

/* One that is opened for each poll finds the session of the one before. */
static void test_left(void)
{
	struct vbc_host *host;

	proxy_reset(&proxy);
	for (int i = 0; i < 5; i++) {
		host = proxy_open(&proxy, 60011);
		works(host, "a handle for each poll");
		vbc_host_close(host);
	}
	counts(1, 0, "five of them");
	host = proxy_open_one_shot(&proxy, 60011);
	works(host, "one of which nothing is to be left");
	vbc_host_close(host);
	counts(1, 1, "when it is closed");
	host = proxy_open(&proxy, 60011);
	vbc_host_close(host);
	counts(1, 1, "one that asked nothing");
}

static void *show_once(void *host)
{
	return show(host, NULL) ? host : NULL;
}

static void test_first_use_by_threads(void)
{
	struct vbc_host *host = open_proxied(3);
	pthread_t threads[8];
	int failed = 0;

	proxy_reset(&proxy);
	for (size_t i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, show_once, host);
	for (size_t i = 0; i < 8; i++) {
		void *bad = NULL;

		pthread_join(threads[i], &bad);
		failed += bad != NULL;
	}
	is_int(failed, 0, "eight threads use a handle for the first time");
	counts(1, 0, "one of them has logged on");
	vbc_host_close(host);
}

static void *close_it(void *host)
{
	vbc_host_close(host);
	return NULL;
}

static void test_closed_at_once(void)
{
	int left = 0;

	for (int round = 0; round < 10; round++) {
		struct vbc_host *a = open_proxied(4), *b = open_proxied(4);
		pthread_t thread;

		proxy_reset(&proxy);
		show(a, NULL);
		pthread_create(&thread, NULL, close_it, a);
		vbc_host_close(b);
		pthread_join(thread, NULL);
		left += proxy_count(&proxy, LOGOFF) != 1;
	}
	is_int(left, 0, "the last two handles are closed at the same time: one log-off");
}

static void test_forgotten(void)
{
	struct vbc_host *host = open_proxied(5);
	struct vbc_nodes *nodes = NULL;
	struct vbc_node *node;

	proxy_reset(&proxy);
	works(host, "a handle");
	proxy_log_off(&proxy);
	works(host, "its session was ended behind its back");
	counts(2, 1, "it has logged on again");
	proxy_log_off(&proxy);
	ok(!vbc_node_list(host, (unsigned)VBC_NODE_FIELD_ALL, &nodes, NULL), "so does a list");
	vbc_nodes_free(nodes);
	proxy_log_off(&proxy);
	node = make_node(host, own_name("forgotten"), false);
	ok(node != NULL, "so does a create");
	proxy_log_off(&proxy);
	ok(node && destroy_node(host, node->id), "so does a destroy");
	counts(5, 4, "each has logged on again, once");
	vbc_node_free(node);
	vbc_host_close(host);
	counts(5, 5, "the last session is ended");
}

/* The session is gone in the middle: what was done may not be done twice. */
static void test_forgotten_within(void)
{
	struct vbc_host *host = open_proxied(6);
	struct holdings before = look(host);
	struct vbc_node *node;
	struct vbc_error err = {0};

	proxy_reset(&proxy);
	proxy_rules(&proxy, "[{\"do\": \"stale\", \"method\": \"IVirtualBox_getExtraDataKeys\"}]");
	ok(!vbc_gc(host, &dry_run, NULL, NULL, &err), "an object is stale: it is found again %s",
	   err.text);
	proxy_reset(&proxy);
	proxy_rules(&proxy, "[{\"do\": \"stale\", \"method\": \"IMachine_lockMachine\"}]");
	node = make_node(host, own_name("within"), false);
	ok(!node, "in the middle of a create: the create fails");
	proxy_reset(&proxy);
	is_as_before(host, &before, "the session was lost in the middle");
	works(host, "and goes on");
	vbc_host_close(host);
}

/* All threads see their session go at the same time. */
static void test_forgotten_by_threads(void)
{
	struct vbc_host *host = open_proxied(7);
	pthread_t threads[8];
	int failed = 0;

	proxy_reset(&proxy);
	works(host, "a handle");
	for (int round = 0; round < 5; round++) {
		proxy_log_off(&proxy);
		for (size_t i = 0; i < 8; i++)
			pthread_create(&threads[i], NULL, show_once, host);
		for (size_t i = 0; i < 8; i++) {
			void *bad = NULL;

			pthread_join(threads[i], &bad);
			failed += bad != NULL;
		}
	}
	is_int(failed, 0, "eight threads find their session gone, five times");
	ok(proxy_count(&proxy, LOGON) <= 11, "with %d log-ons", proxy_count(&proxy, LOGON));
	vbc_host_close(host);
}

static void test_hung_log_off(void)
{
	struct vbc_host *host = open_proxied(8);
	int64_t began;

	proxy_reset(&proxy);
	works(host, "a handle");
	proxy_rules(&proxy, "[{\"do\": \"hang\", \"method\": \"" LOGOFF "\", \"every\": true}]");
	began = now_ms();
	vbc_host_close(host);
	ok(now_ms() - began < 3000, "a host that does not answer a log-off: closed within %lld ms",
	   (long long)(now_ms() - began));
	proxy_reset(&proxy);
}

struct patience {
	struct vbc_host *host;
	int64_t began_ms, took_ms;
	int code;
};

static int tick(void *data, const struct vbc_progress *progress)
{
	const struct patience *p = data;

	(void)progress;
	return now_ms() - p->began_ms >= 700;
}

static void *start_impatiently(void *arg)
{
	struct patience *p = arg;
	const struct vbc_wait wait = {.tick = tick, .data = p};

	p->began_ms = now_ms();
	p->code = vbc_node_start(p->host, "no such node", NULL, &wait, NULL);
	p->took_ms = now_ms() - p->began_ms;
	return NULL;
}

/* The host is silent: who logs on and who waits for that can both be cancelled. */
static void test_hung_log_on(void)
{
	struct vbc_host *host = open_proxied(9);
	struct patience threads[4] = {0};
	pthread_t ids[4];

	proxy_reset(&proxy);
	proxy_rules(&proxy, "[{\"do\": \"hang\", \"method\": \"" LOGON "\", \"every\": true}]");
	for (size_t i = 0; i < 4; i++) {
		threads[i].host = host;
		pthread_create(&ids[i], NULL, start_impatiently, &threads[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(ids[i], NULL);
		is_str(vbc_code_name(threads[i].code), "VBC_E_CANCELLED",
		       "a silent log-on is cancelled");
		ok(threads[i].took_ms < 2500, "after %lld ms", (long long)threads[i].took_ms);
	}
	proxy_reset(&proxy);
	works(host, "when the host answers again");
	vbc_host_close(host);
}

/* A log-on that is refused is refused for all who waited for it, not for later ones. */
static void test_refused_log_on(void)
{
	struct vbc_host *host = open_proxied(10);
	struct vbc_error err = {0};

	proxy_reset(&proxy);
	proxy_rules(&proxy, "[{\"do\": \"reply\", \"method\": \"" LOGON "\", \"status\": 404, "
			    "\"body\": \"<html>no</html>\", \"content_type\": \"text/html\"}]");
	is_int(show(host, &err), VBC_E_PROTOCOL, "an HTML page: %s", err.text);
	is_int(err.http, 404, "the error has the HTTP status");
	works(host, "the next log-on is accepted");
	vbc_host_close(host);
}

int main(void)
{
	struct vbc_host *direct = host_open();

	make_image(direct);
	proxy_start(&proxy);
	test_shared();
	test_left();
	test_first_use_by_threads();
	test_closed_at_once();
	test_forgotten();
	test_forgotten_within();
	test_forgotten_by_threads();
	test_hung_log_off();
	test_hung_log_on();
	test_refused_log_on();
	proxy_stop(&proxy);
	delete_image(direct);
	vbc_host_close(direct);
	return tap_done();
}
