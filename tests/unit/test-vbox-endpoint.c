/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What handles of one process share, who may change a machine, and what fork() does to both.
 * Nothing is sent: no host is needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "tap.h"
#include "vbox/advisory-lock.h"
#include "vbox/endpoint.h"

/* But for the last digit */
#define PRINT "6b793d86064ad2fae47d2e687e4ca7eacfc31f1c06315c03ff782711378c955"

static struct vbc_host *open_host(const char *url, const char *user, const char *password,
				  const char *ca_file, unsigned ms)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};

	opts.url = url;
	opts.user = user;
	opts.password = password;
	opts.ca_file = ca_file;
	opts.call_timeout_ms = ms;
	ok(!vbc_host_open(&opts, &host, &err), "a handle %s", err.text);
	return host;
}

static struct vbc_host *open_pinned(const char *fingerprint)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};

	opts.url = "https://127.0.0.1";
	opts.fingerprint = fingerprint;
	ok(!vbc_host_open(&opts, &host, &err), "a handle %s", err.text);
	return host;
}

/* Who trusts another certificate, or any that is verified, has connections of its own. */
static void test_fingerprints(void)
{
	struct vbc_host *hosts[] = {open_pinned(PRINT "0"), open_pinned(PRINT "1"),
				    open_pinned(NULL), open_pinned("")};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *none = NULL;

	ok(hosts[0]->endpoint != hosts[1]->endpoint && hosts[0]->endpoint != hosts[2]->endpoint,
	   "each fingerprint is for itself");
	ok(hosts[2]->endpoint == hosts[3]->endpoint, "an empty one is none");
	for (size_t i = 0; i < VBC_COUNT(hosts); i++)
		vbc_host_close(hosts[i]);
	opts.fingerprint = PRINT "0";
	ok(vbc_host_open(&opts, &none, NULL) == VBC_E_ARG && !none, "none without https");
	opts.url = "https://127.0.0.1";
	opts.fingerprint = PRINT;
	ok(vbc_host_open(&opts, &none, NULL) == VBC_E_ARG && !none, "nor half of one");
}

static void test_sharing(void)
{
	struct vbc_host *same[] = {
		open_host(NULL, NULL, NULL, NULL, 0),
		open_host("http://127.0.0.1:18083", "", "", NULL, 0),
		open_host(NULL, "", NULL, "", 0),
		open_host("127.0.0.1", "", NULL, "", 0),
		open_host("127.0.0.1:18083", NULL, NULL, NULL, 0),
		open_host("HTTP://127.0.0.1/", NULL, NULL, NULL, 0),
	};
	struct vbc_host *other[] = {
		open_host("http://127.0.0.1:18084", NULL, NULL, NULL, 0),
		open_host(NULL, "u", NULL, NULL, 0),
		open_host(NULL, NULL, "u", NULL, 0),
		open_host(NULL, "u", "u", NULL, 0),
		open_host(NULL, "u1:u", "", NULL, 0),
		open_host(NULL, NULL, NULL, "/u", 0),
		open_host(NULL, NULL, NULL, NULL, 7),
	};
	bool differ = true;

	for (size_t i = 1; i < VBC_COUNT(same); i++)
		ok(same[0]->endpoint == same[i]->endpoint, "equal handles share all");
	for (size_t i = 0; i < VBC_COUNT(other); i++) {
		differ = differ && other[i]->endpoint != same[0]->endpoint;
		for (size_t j = 0; j < i; j++)
			differ = differ && other[i]->endpoint != other[j]->endpoint;
	}
	ok(differ, "others share nothing");
	is_int(same[0]->endpoint->handles, VBC_COUNT(same), "all are counted");
	for (size_t i = 0; i < VBC_COUNT(same); i++)
		is_str(vbc_host_url(same[i]), "http://127.0.0.1:18083", "each tells its URL");
	is_str(vbc_host_url(other[0]), "http://127.0.0.1:18084", "as does another");
	ok(!vbc_host_url(NULL), "no handle has none");
	for (size_t i = 3; i < VBC_COUNT(same); i++)
		vbc_host_close(same[i]);
	vbc_host_close(same[1]);
	is_int(same[0]->endpoint->handles, 2, "one less when one is closed");
	vbc_host_close(same[0]);
	is_int(same[2]->endpoint->handles, 1, "and less");
	vbc_host_close(same[2]);
	for (size_t i = 0; i < VBC_COUNT(other); i++)
		vbc_host_close(other[i]);
	vbc_host_close(NULL);
}

/* Whether one handle more, for a file of certificates as it is now, shares the one's. */
static bool is_shared(struct vbc_host *host, const char *path)
{
	struct vbc_host *again = open_host("https://127.0.0.1", NULL, NULL, path, 0);
	bool shared = again->endpoint == host->endpoint;

	vbc_host_close(again);
	return shared;
}

static bool write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	return file && fputs(text, file) >= 0 && !fclose(file);
}

/* What a host was verified against is what the file held, not what it is called. */
static void test_other_certificates(void)
{
	char path[] = "/tmp/vbc-endpoint-XXXXXX", new[sizeof(path) + 4];
	int fd = mkstemp(path);
	struct vbc_host *host;

	snprintf(new, sizeof(new), "%s.new", path);
	ok(fd >= 0 && !close(fd) && write_file(path, "one"), "a file of certificates");
	host = open_host("https://127.0.0.1", NULL, NULL, path, 0);
	ok(is_shared(host, path), "is one as long as it is the same");
	ok(write_file(new, "two") && !rename(new, path), "another takes its place");
	ok(!is_shared(host, path), "and shares nothing");
	vbc_host_close(host);
	host = open_host("https://127.0.0.1", NULL, NULL, path, 0);
	ok(write_file(path, "three"), "others are written into it");
	ok(!is_shared(host, path), "and share nothing");
	ok(!unlink(path) && !is_shared(host, path), "nor does a file that is not there");
	vbc_host_close(host);
}

static void test_bad_options(void)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *host = (struct vbc_host *)&opts;
	struct vbc_error err = {0};

	opts.url = "no URL";
	is_int(vbc_host_open(&opts, &host, &err), VBC_E_ARG, "no URL: %s", err.text);
	ok(host == (struct vbc_host *)&opts, "the output is left alone");
	is_int(vbc_host_open(&opts, &host, NULL), VBC_E_ARG, "nobody asks why");
	opts.size = offsetof(struct vbc_host_opts, url);
	ok(!vbc_host_open(&opts, &host, NULL), "an older program's options have no URL");
	vbc_host_close(host);
	ok(!vbc_host_open(NULL, &host, NULL), "no options are all defaults");
	vbc_host_close(host);
}

struct locker {
	const char *id;
	int code;
	int64_t took_ms;
};

static void *lock_one(void *arg)
{
	struct locker *c = arg;
	int64_t began = vbc_now_ms();

	c->code = vbc_thread_lock(c->id, began + 2000);
	c->took_ms = vbc_now_ms() - began;
	if (!c->code)
		vbc_thread_unlock(c->id);
	return NULL;
}

static void test_thread_locks(void)
{
	struct locker waiter = {.id = "a"}, other = {.id = "b"};
	int64_t began = vbc_now_ms();
	pthread_t thread;

	is_int(vbc_thread_lock("a", began), VBC_OK, "a machine is locked");
	is_int(vbc_thread_lock("a", began + 200), VBC_E_BUSY, "twice at once it cannot be");
	ok(vbc_now_ms() - began >= 200 && vbc_now_ms() - began < 1000, "which is said in time");
	lock_one(&other);
	ok(!other.code && other.took_ms < 100, "another one is nobody's");
	pthread_create(&thread, NULL, lock_one, &waiter);
	vbc_sleep_ms(100);
	vbc_thread_unlock("a");
	pthread_join(thread, NULL);
	ok(!waiter.code && waiter.took_ms < 1000, "who waits has it as soon as it is free (%d ms)",
	   (int)waiter.took_ms);
	vbc_thread_unlock("a");
	is_int(vbc_thread_lock("a", vbc_now_ms()), VBC_OK, "giving up what one has not is nothing");
	vbc_thread_unlock("a");
}

struct counter {
	int inside, most, done;
};

static void *lock_often(void *arg)
{
	struct counter *c = arg;

	for (int i = 0; i < 200; i++) {
		if (vbc_thread_lock("a", vbc_now_ms() + 10000))
			continue;
		c->inside++; /* the lock is what keeps others out, as a thread checker sees */
		c->most = c->inside > c->most ? c->inside : c->most;
		c->done++;
		c->inside--;
		vbc_thread_unlock("a");
	}
	return NULL;
}

static void test_lock_threads(void)
{
	struct counter c = {0};
	pthread_t threads[8];

	for (size_t i = 0; i < VBC_COUNT(threads); i++)
		pthread_create(&threads[i], NULL, lock_often, &c);
	for (size_t i = 0; i < VBC_COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	is_int(c.done, 1600, "eight threads have it 200 times each");
	is_int(c.most, 1, "one at a time");
}

static void *open_and_close(void *arg)
{
	const struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	int *failed = arg;

	for (int i = 0; i < 200; i++) {
		struct vbc_host *host = NULL;

		*failed += vbc_host_open(&opts, &host, NULL) != 0;
		vbc_host_close(host);
	}
	return NULL;
}

static void test_open_threads(void)
{
	pthread_t threads[8];
	int failed[8] = {0}, sum = 0;

	for (size_t i = 0; i < VBC_COUNT(threads); i++)
		pthread_create(&threads[i], NULL, open_and_close, &failed[i]);
	for (size_t i = 0; i < VBC_COUNT(threads); i++) {
		pthread_join(threads[i], NULL);
		sum += failed[i];
	}
	is_int(sum, 0, "eight threads open and close equal handles");
}

/* A child leaves its parent's threads behind; ThreadSanitizer would call that a leak. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "report_thread_leaks=0";
}

static int in_child(struct vbc_host *host)
{
	struct vbc_endpoint *endpoint = host->endpoint;

	vbc_endpoint_check_fork(endpoint);
	if (endpoint->pid != getpid() || endpoint->session || endpoint->logging_on)
		return 1;
	if (vbc_thread_lock("b", vbc_now_ms()))
		return 2;
	vbc_thread_unlock("b");
	vbc_host_close(host);
	return 0;
}

/* While another thread holds locks and forks: the child has no thread that would free them. */
static void test_fork(void)
{
	struct vbc_host *host = open_host(NULL, "fork", NULL, NULL, 0);
	struct counter busy = {0};
	int bad = 0, status;
	pthread_t thread;

	is_int(vbc_thread_lock("b", vbc_now_ms()), VBC_OK, "fork: a machine is locked");
	pthread_create(&thread, NULL, lock_often, &busy);
	for (int i = 0; i < 20; i++) {
		pid_t pid;

		fflush(NULL);
		pid = fork();
		if (pid == 0)
			_exit(in_child(host));
		waitpid(pid, &status, 0);
		bad += status != 0;
	}
	pthread_join(thread, NULL);
	is_int(bad, 0, "fork: children start with nothing of their parent's");
	is_int(vbc_thread_lock("b", vbc_now_ms()), VBC_E_BUSY, "fork: the parent has what it had");
	vbc_thread_unlock("b");
	vbc_host_close(host);
}

int main(void)
{
	test_sharing();
	test_other_certificates();
	test_fingerprints();
	test_bad_options();
	test_thread_locks();
	test_lock_threads();
	test_open_threads();
	test_fork();
	return tap_done();
}
