/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A fleet in C: a real host under several names, ports on which nobody listens or nobody answers,
 * and what is asked of all of them by several threads, cancelled and ended.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"

enum { REAL = 3, ALL = 5, TIMEOUT_MS = 3000, THREADS = 4, ROUNDS = 2 };

static struct vbc_host_opts opts[ALL];
static const char *const names[ALL] = {"one", "two", "three", "silent", "away"};
static struct vbc_fleet_member members[ALL];

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A port of the loopback address, on which connections are accepted, and never answered. */
static int port_listen(char *url, size_t size)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, n) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)&address, &n))
		bail_out("no port");
	snprintf(url, size, "http://127.0.0.1:%d", ntohs(address.sin_port));
	return fd;
}

static struct vbc_fleet *fleet_open(size_t n, const char *folder, unsigned timeout_ms)
{
	struct vbc_fleet_opts fleet_opts = VBC_FLEET_OPTS_INIT;
	struct vbc_fleet *fleet = NULL;
	struct vbc_error err = {0};

	fleet_opts.timeout_ms = timeout_ms;
	fleet_opts.seen_folder = folder;
	if (vbc_fleet_open(members, n, &fleet_opts, &fleet, &err))
		bail_out(err.text);
	return fleet;
}

static size_t count_of(const struct vbc_fleet_nodes *nodes, const char *id, size_t number)
{
	size_t n = 0;

	for (size_t i = 0; i < nodes->n; i++)
		n += strcmp(nodes->v[i]->node->id, id) == 0 && nodes->v[i]->number == number;
	return n;
}

static void test_list(const char *id, const char *folder)
{
	struct vbc_fleet *fleet = fleet_open(ALL, folder, TIMEOUT_MS);
	struct vbc_fleet_nodes *nodes = NULL;
	struct vbc_error err = {0};
	int64_t began = now_ms();

	is_int(vbc_fleet_node_list(fleet, VBC_NODE_FIELD_NAME, &nodes, &err), 0, "a list %s",
	       err.text);
	ok(now_ms() - began < TIMEOUT_MS + 1500, "in time: %d ms", (int)(now_ms() - began));
	for (size_t i = 0; i < ALL; i++)
		is_int((int)count_of(nodes, id, i), i < REAL, "the node is on %s", names[i]);
	is_int((int)nodes->failures.n, 2, "two failed");
	is_str(nodes->failures.v[0]->host, "silent", "one is silent");
	is_int(nodes->failures.v[0]->error.code, VBC_E_TIMEOUT, "%s",
	       nodes->failures.v[0]->error.text);
	is_str(nodes->failures.v[1]->host, "away", "the other away");
	is_int(nodes->failures.v[1]->error.code, VBC_E_CONNECT, "%s",
	       nodes->failures.v[1]->error.text);
	vbc_fleet_nodes_free(nodes);
	began = now_ms();
	vbc_fleet_close(fleet);
	ok(now_ms() - began < 2500, "closed after %d ms", (int)(now_ms() - began));
}

struct asked {
	atomic_int n;
	atomic_int wrong;
};

static int ask_version(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	struct asked *asked = data;
	struct vbc_host_info *info = NULL;
	int code = vbc_host_show(host, &info, err);

	atomic_fetch_add(&asked->n, 1);
	if (number < REAL ? code != 0 || !*info->version : code == 0)
		atomic_fetch_add(&asked->wrong, 1);
	vbc_host_info_free(info);
	return code;
}

static void *ask_often(void *arg)
{
	struct vbc_fleet *fleet = arg;
	struct asked asked = {.n = 0};

	for (int i = 0; i < ROUNDS; i++) {
		struct vbc_fleet_failures *failures = NULL;
		struct vbc_fleet_nodes *nodes = NULL;

		if (vbc_fleet_each(fleet, ask_version, &asked, &failures, NULL) ||
		    failures->n != ALL - REAL || vbc_fleet_node_list(fleet, 0, &nodes, NULL) ||
		    nodes->failures.n != 2)
			atomic_fetch_add(&asked.wrong, 1);
		vbc_fleet_failures_free(failures);
		vbc_fleet_nodes_free(nodes);
	}
	return (void *)(intptr_t)(atomic_load(&asked.wrong) +
				  (atomic_load(&asked.n) != ROUNDS * ALL));
}

static void test_threads(void)
{
	struct vbc_fleet *fleet = fleet_open(ALL, NULL, TIMEOUT_MS);
	pthread_t threads[THREADS];
	intptr_t wrong = 0;

	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, ask_often, fleet))
			bail_out("no thread");
	for (size_t i = 0; i < THREADS; i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		wrong += (intptr_t)result;
	}
	is_int((int)wrong, 0, "several threads ask one fleet");
	vbc_fleet_close(fleet);
}

static void *cancel_after_a_second(void *arg)
{
	sleep(1);
	vbc_fleet_cancel(arg);
	return NULL;
}

static void list_and_cancel(struct vbc_fleet *fleet)
{
	struct vbc_fleet_nodes *nodes = NULL;
	int64_t began = now_ms();
	pthread_t thread;

	if (pthread_create(&thread, NULL, cancel_after_a_second, fleet))
		bail_out("no thread");
	is_int(vbc_fleet_node_list(fleet, 0, &nodes, NULL), 0, "a list that is cancelled");
	ok(now_ms() - began >= 1000 && now_ms() - began < 4000, "ends after %d ms",
	   (int)(now_ms() - began));
	ok(nodes->failures.n == 2 && nodes->failures.v[0]->error.code == VBC_E_CANCELLED,
	   "with what it has: %s", nodes->failures.v[0]->error.text);
	vbc_fleet_nodes_free(nodes);
	pthread_join(thread, NULL);
}

static void test_cancel(void)
{
	struct vbc_fleet *fleet = fleet_open(ALL, NULL, 60000);

	list_and_cancel(fleet);
	list_and_cancel(fleet); /* which is not cancelled by what cancelled the first */
	vbc_fleet_close(fleet);
}

struct heard {
	size_t watched, failed, enough;
};

static int event_hear(void *data, const struct vbc_fleet_event *event)
{
	struct heard *heard = data;

	if (event->event && event->event->type == VBC_EVENT_TYPE_WATCHING && !event->error)
		heard->watched++;
	else if (!event->event && event->error->code && event->number >= REAL)
		heard->failed++;
	return heard->watched + heard->failed == heard->enough;
}

static void watch_and_cancel(struct vbc_fleet *fleet)
{
	struct heard heard = {.enough = SIZE_MAX};
	struct vbc_error err = {0};
	pthread_t thread;
	int64_t began;

	if (pthread_create(&thread, NULL, cancel_after_a_second, fleet))
		bail_out("no thread");
	began = now_ms();
	is_int(vbc_fleet_watch(fleet, event_hear, &heard, NULL, &err), VBC_E_CANCELLED,
	       "a watch that is cancelled: %s", err.text);
	ok(now_ms() - began < 5000, "ends soon: %d ms", (int)(now_ms() - began));
	pthread_join(thread, NULL);
}

static void test_watch(void)
{
	struct vbc_fleet *fleet = fleet_open(ALL, NULL, TIMEOUT_MS), *none;
	const struct vbc_wait brief = {.timeout_ms = 1500};
	struct heard heard = {.enough = ALL};
	struct vbc_error err = {0};

	is_int(vbc_fleet_watch(fleet, NULL, NULL, NULL, &err), VBC_E_ARG, "nobody is told");
	is_int(vbc_fleet_watch(fleet, event_hear, &heard, NULL, NULL), 0, "all are watched");
	is_int((int)heard.watched, REAL, "those that answer");
	is_int((int)heard.failed, ALL - REAL, "of the others it is told why not");
	heard = (struct heard){.enough = SIZE_MAX};
	is_int(vbc_fleet_watch(fleet, event_hear, &heard, &brief, NULL), VBC_E_TIMEOUT,
	       "as long as was said");
	watch_and_cancel(fleet);
	vbc_fleet_close(fleet);
	if (vbc_fleet_open(members + REAL, ALL - REAL, NULL, &none, &err))
		bail_out(err.text);
	heard = (struct heard){.enough = SIZE_MAX};
	is_int(vbc_fleet_watch(none, event_hear, &heard, NULL, &err), VBC_E_CONNECT,
	       "where none answers that is an error: %s", err.text);
	vbc_fleet_close(none);
}

/* A handle whose time is over ends each call, also one that has more. */
static void test_total_timeout(const char *silent)
{
	struct vbc_host_opts few = VBC_HOST_OPTS_INIT;
	struct vbc_host *host = NULL;
	struct vbc_nodes *nodes = NULL;
	struct vbc_error err = {0};
	int64_t began = now_ms();

	few.url = silent;
	few.total_timeout_ms = 1000;
	is_int(vbc_host_open(&few, &host, &err), 0, "a handle for a second %s", err.text);
	for (int i = 0; i < 2; i++) {
		err = (struct vbc_error){0};
		is_int(vbc_node_list(host, 0, &nodes, &err), VBC_E_TIMEOUT, "it is over: %s",
		       err.text);
		ok(now_ms() - began < 3500, "after %d ms", (int)(now_ms() - began));
	}
	vbc_host_close(host);
}

int main(void)
{
	struct vbc_host *host = host_open();
	char silent[64], away[64], folder[] = "/tmp/test-fleet-XXXXXX", command[64];
	int fd = port_listen(silent, sizeof(silent)), gone = port_listen(away, sizeof(away));
	struct vbc_node *node;

	close(gone);
	make_image(host);
	node = make_node(host, own_name("fleet"), false);
	if (!node || !mkdtemp(folder))
		bail_out("no node, or no folder");
	for (size_t i = 0; i < ALL; i++) {
		opts[i] = host_opts();
		opts[i].call_timeout_ms = 60001 + (unsigned)i; /* no two share a session */
		members[i] = (struct vbc_fleet_member){names[i], &opts[i]};
	}
	opts[3].url = silent;
	opts[4].url = away;
	test_list(node->id, folder);
	test_threads();
	test_cancel();
	test_watch();
	test_total_timeout(silent);
	close(fd);
	vbc_node_destroy(host, node->id, NULL, NULL);
	vbc_node_free(node);
	delete_image(host);
	vbc_host_close(host);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	is_int(system(command), 0, "its notes are gone");
	return tap_done();
}
