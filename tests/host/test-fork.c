/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * fork() with both sides using one handle: the child has connections and a web session of its own
 * and ends neither those of its parent, nor what its parent's threads are doing.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proxy.h"

#define ROUNDS 10
#define SLOW(nth)                                                                                  \
	"{\"do\": \"delay\", \"ms\": 3000, \"method\": \"IVirtualBox_getAPIVersion\", "            \
	"\"nth\": " #nth "}"

/* Sanitizers' allocators keep their locks over a fork: children of busy parents wait for ever. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
#define FORK_NEEDS_IDLE_THREADS true
#else
#define FORK_NEEDS_IDLE_THREADS false
#endif

static atomic_int log_ons, log_offs;
static atomic_bool enough;

static void count(void *data, int level, const char *line)
{
	(void)data;
	(void)level;
	log_ons += strncmp(line, "IWebsessionManager_logon ", 25) == 0;
	log_offs += strncmp(line, "IWebsessionManager_logoff ", 26) == 0;
}

/* Whether the host answers rightly through this handle. */
static bool works(struct vbc_host *host)
{
	struct vbc_locations *locations = NULL;
	struct vbc_nodes *nodes = NULL;
	struct vbc_error err = {0};
	bool good = !vbc_location_list(host, &locations, &err) &&
		    !vbc_node_list(host, (unsigned)VBC_NODE_FIELD_ALL, &nodes, &err) &&
		    locations->n == 1 && strcmp(locations->v[0]->id, "virtualbox-location") == 0;

	if (!good)
		printf("# process %d: %s\n", (int)getpid(), err.text);
	vbc_locations_free(locations);
	vbc_nodes_free(nodes);
	return good;
}

static bool works_often(struct vbc_host *host, int times)
{
	bool good = true;

	for (int i = 0; good && i < times; i++)
		good = works(host);
	return good;
}

/* The child's side: uses the handle, closes it, says by its status whether all was right. */
static int child(struct vbc_host *host, int times)
{
	bool good;

	log_ons = log_offs = 0;
	good = works_often(host, times) && log_ons == 1;
	vbc_host_close(host);
	if (log_offs != 1)
		printf("# the child logged off %d times\n", (int)log_offs);
	fflush(stdout);
	return good && log_offs == 1 ? 0 : 1;
}

static pid_t fork_child(struct vbc_host *host, int times)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(child(host, times));
	return pid;
}

static bool ended_well(pid_t pid)
{
	int status = -1;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static void test_one_after_the_other(struct vbc_host *host)
{
	pid_t pid;

	ok(works(host), "before the fork");
	is_int(log_ons, 1, "one log-on");
	pid = fork_child(host, 1);
	ok(ended_well(pid), "the child uses the handle, in a session of its own, and ends that");
	ok(works(host), "the parent goes on");
	is_int(log_ons, 1, "in the session it had");
	is_int(log_offs, 0, "which nobody ended");
}

static void test_both_at_once(struct vbc_host *host)
{
	pid_t pids[4];
	int good = 0;

	for (int i = 0; i < 4; i++)
		pids[i] = fork_child(host, ROUNDS);
	ok(works_often(host, ROUNDS), "the parent works while four children do");
	for (int i = 0; i < 4; i++)
		good += ended_well(pids[i]);
	is_int(good, 4, "and so do they");
	is_int(log_ons, 1, "the parent's session is still the first");
}

static void *keep_busy(void *arg)
{
	bool good = true;

	while (good && !enough)
		good = works(arg);
	return good ? arg : NULL;
}

/* No child may find a mutex held by a thread that it does not have. */
static void test_while_threads_work(struct vbc_host *host)
{
	pthread_t threads[3];
	int good = 0, busy = 0;

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, keep_busy, host))
			bail_out("no thread");
	for (int i = 0; i < ROUNDS; i++)
		good += ended_well(fork_child(host, 1));
	enough = true;
	for (int i = 0; i < 3; i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		busy += result != NULL;
	}
	is_int(good, ROUNDS, "children that were forked while threads were in calls");
	is_int(busy, 3, "and those threads");
	is_int(log_ons, 1, "the parent's session is still the first");
}

static void *wait_for_host(void *host)
{
	return works(host) ? host : NULL;
}

/* Whatever the build, and the same each time: threads have a call under way that takes long. */
static void test_while_threads_wait(void)
{
	struct vbc_host_opts opts = host_opts();
	struct vbc_host *host = NULL;
	pthread_t threads[3];
	struct proxy proxy;
	int good = 0, answered = 0;

	proxy_start(&proxy);
	proxy_rules(&proxy, "[" SLOW(1) "," SLOW(2) "," SLOW(3) "]");
	opts.url = proxy.url;
	opts.ca_file = NULL;
	opts.log = count;
	opts.one_shot = true; /* sessions end with the handle, and their ends are counted */
	if (vbc_host_open(&opts, &host, NULL))
		bail_out("no handle");
	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, wait_for_host, host))
			bail_out("no thread");
	while (proxy_count(&proxy, "IVirtualBox_getAPIVersion") < 3)
		usleep(10000);
	for (int i = 0; i < ROUNDS; i++)
		good += ended_well(fork_child(host, 1));
	for (int i = 0; i < 3; i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		answered += result != NULL;
	}
	is_int(good, ROUNDS, "children that were forked while threads waited for an answer");
	is_int(answered, 3, "and those threads have got it");
	vbc_host_close(host);
	proxy_stop(&proxy);
}

/* A child that never used the handle ends nothing by closing it. */
static void test_unused(struct vbc_host *host)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		log_offs = 0;
		vbc_host_close(host);
		_exit(log_offs ? 1 : 0);
	}
	ok(ended_well(pid), "a child that only closes the handle logs nobody off");
	ok(works(host), "the parent goes on");
	is_int(log_ons, 1, "in the session it had");
}

int main(void)
{
	struct vbc_host_opts opts = host_opts();
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};

	alarm(300); /* a child that waits for ever is a failure, not a hang */
	opts.log = count;
	opts.one_shot = true; /* sessions end with the handle, and their ends are counted */
	if (vbc_host_open(&opts, &host, &err))
		bail_out(err.text);
	test_one_after_the_other(host);
	test_both_at_once(host);
	if (FORK_NEEDS_IDLE_THREADS)
		tap_skip("children that were forked while threads were in calls",
			 "sanitizers cannot fork then; the release does");
	else
		test_while_threads_work(host);
	test_unused(host);
	vbc_host_close(host);
	is_int(log_offs, 1, "the parent logs off at its end");
	test_while_threads_wait();
	return tap_done();
}
