/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pool: URLs, connections that are used again or not, broken ones, threads, fork().
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "tap.h"
#include "test-http-server.h"

static const struct {
	const char *url, *becomes; /* NULL: refused */
} urls[] = {
	{"http://127.0.0.1:1", "http://127.0.0.1:1"},
	{"http://localhost", "http://localhost:18083"},
	{"https://vbox.example", "https://vbox.example:18083"},
	{"http://vbox.example:80/", "http://vbox.example:80"},
	{"http://vbox.example/soap/x", "http://vbox.example:18083/soap/x"},
	{"HTTP://vbox.example", "http://vbox.example:18083"},
	{"hTTps://vbox.example:443", "https://vbox.example:443"},
	{"http://[::1]:5", "http://[::1]:5"},
	{"http://[fe80::1%25lo]:5", "http://[fe80::1%25lo]:5"},
	{"vbox.example", "http://vbox.example:18083"},
	{"lab", "http://lab:18083"},
	{"lab_2-b", "http://lab_2-b:18083"},
	{"127.0.0.1:18083", "http://127.0.0.1:18083"},
	{"127.0.0.1", "http://127.0.0.1:18083"},
	{"localhost:1/", "http://localhost:1"},
	{"lab/soap", "http://lab:18083/soap"},
	{"lab:65535", "http://lab:65535"},
	{"[::1]", "http://[::1]:18083"},
	{"[::1]:18083", "http://[::1]:18083"},
	{"[::1]:1/", "http://[::1]:1"},
	{"", NULL},
	{" ", NULL},
	{"//vbox.example", NULL},
	{"/", NULL},
	{"/tmp/x", NULL},
	{"http://", NULL},
	{"http://:80", NULL},
	{":18083", NULL},
	{"http://a b", NULL},
	{"a b", NULL},
	{" lab", NULL},
	{"lab ", NULL},
	{"lab:1 ", NULL},
	{"lab\tx", NULL},
	{"http://x/a b", NULL},
	{"http://x\r\nEvil: 1", NULL},
	{"http://x/\r\nEvil: 1", NULL},
	{"x\r\nEvil: 1", NULL},
	{"lab\\x", NULL},
	{"http://x:99999", NULL},
	{"http://x:-1", NULL},
	{"http://x:y", NULL},
	{"x:0", NULL},
	{"x:65536", NULL},
	{"x:-1", NULL},
	{"x:y", NULL},
	{"http://x:0", NULL},
	{"x:1:2", NULL},
	{"x:184467440737095516171", NULL},
	{"::1", NULL},
	{"::1:18083", NULL},
	{"fe80::1", NULL},
	{"[::1", NULL},
	{"[x]:1", NULL},
	{"[]", NULL},
	{"http://[::1", NULL},
	{"http:lab", NULL},
	{"http:///lab", NULL},
	{"l\xe9", NULL},
	{"http://l%e9", NULL},
	{"http:18083", NULL},
	{"http:/lab", NULL},
	{"HTTPS:/lab:1", NULL},
	{"://lab", NULL},
	{"-", NULL},
	{".", NULL},
	{"..", NULL},
	{"a,b", NULL},
	{"a;b", NULL},
	{"<lab>", NULL},
	{"'lab'", NULL},
	{"ftp://x", NULL},
	{"file:///etc/passwd", NULL},
	{"unix:///x", NULL},
	{"lab?secret", NULL},
	{"http://lab/?secret", NULL},
	{"lab#secret", NULL},
	{"http://name:secret@x", NULL},
	{"http://:secret@x", NULL},
	{"http://name@x", NULL},
	{"name:secret@x", NULL},
	{"name:secret@x:1", NULL},
	{"name@x", NULL},
	{":secret@x", NULL},
	{"http:/name:secret@x", NULL},
	{"name:secret/@x", NULL},
	{"name:secret@", NULL},
	{"http://name:secret@x:99999", NULL},
	{"ftp://name:secret@x", NULL},
};

static void test_urls(void)
{
	for (size_t i = 0; i < VBC_COUNT(urls); i++) {
		const struct vbc_http_opts opts = {
			.url = urls[i].url, .connect_timeout_ms = 1, .silence_ms = 1};
		struct vbc_http *http = NULL;
		struct vbc_error err = {0};
		int code = vbc_http_new(&opts, &http, &err);

		if (urls[i].becomes) {
			is_str(http ? vbc_http_url(http) : err.text, urls[i].becomes, "URL '%s'",
			       urls[i].url);
		} else {
			is_int(code, VBC_E_ARG, "URL %zu is refused: %s", i, err.text);
			ok(!http, "and there is no pool");
			ok(!strstr(err.text, "secret"), "and no password in the text");
			ok(!strpbrk(err.text, "\r\n"), "which is one line");
			ok(strstr(err.text, "not the address of a host: ") ||
				   strstr(err.text, "given separately"),
			   "and says what is wrong: %s", err.text);
		}
		vbc_http_free(http);
	}
}

/* Answers each request with its own body. */
static void echo(struct server *s, int fd, int nth)
{
	char body[100];

	(void)nth;
	while (server_request(s, fd, body, sizeof(body)) && server_answer(fd, body))
		;
}

static void test_reuse(void)
{
	struct vbc_http *http;
	struct server s;
	bool good = true;

	server_start(&s, echo, NULL);
	http = client_new(s.url, 5000);
	for (int i = 0; i < 50; i++) {
		struct exchange EXCHANGE e;
		char body[20];

		snprintf(body, sizeof(body), "%d", i);
		client_post(http, body, strlen(body), NULL, &e);
		good = good && !e.code && streq(e.reply.data, body);
	}
	ok(good, "50 requests, each with its own answer");
	is_int(s.connections, 1, "on one connection");
	vbc_http_free(http);
	server_stop(&s);
}

static void test_many(void)
{
	static const struct vbc_http_wait wait;
	struct vbc_conn *conns[20] = {0};
	struct vbc_http *http;
	struct server s;
	bool good = true;

	server_start(&s, echo, NULL);
	http = client_new(s.url, 5000);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < VBC_COUNT(conns); i++) {
			bool begun;

			good = good && !vbc_http_lease(http, &wait, &conns[i], NULL) &&
			       !vbc_http_send(conns[i], "x", 1, &wait, &begun, NULL);
		}
		for (size_t i = 0; i < VBC_COUNT(conns); i++) {
			struct vbc_buf VBC_BUF reply;
			int status;

			vbc_buf_init(&reply, 100);
			good = good && !vbc_http_recv(conns[i], &reply, &status, &wait, NULL);
			vbc_http_give_back(http, conns[i]);
		}
	}
	ok(good, "20 connections at once, twice");
	is_int(s.connections, 32, "8 of them were kept in between");
	vbc_http_free(http);
	server_stop(&s);
}

/* Each connection serves one request and is closed while it is idle. */
static void close_idle(struct server *s, int fd, int nth)
{
	char body[100];

	(void)nth;
	if (server_request(s, fd, body, sizeof(body)))
		server_answer(fd, body);
	shutdown(fd, SHUT_RDWR);
	atomic_store(&s->done, true);
}

static void test_closed_idle(void)
{
	struct vbc_http *http;
	struct server s;

	server_start(&s, close_idle, NULL);
	http = client_new(s.url, 5000);
	for (int i = 0; i < 5; i++) {
		struct exchange EXCHANGE e;

		atomic_store(&s.done, false);
		client_post(http, "x", 1, NULL, &e);
		is_int(e.code, VBC_OK, "a connection closed while idle is no error");
		while (!atomic_load(&s.done))
			usleep(1000);
	}
	is_int(s.requests, 5, "and no request is sent twice");
	vbc_http_free(http);
	server_stop(&s);
}

/* Takes a request, answers the first one only, and hangs up at the next. */
static void hang_up(struct server *s, int fd, int nth)
{
	char body[100];

	(void)nth;
	if (server_request(s, fd, body, sizeof(body)) && server_answer(fd, body))
		server_request(s, fd, body, sizeof(body));
}

static void test_broken(void)
{
	struct exchange EXCHANGE first, EXCHANGE second;
	struct vbc_http *http;
	struct server s;

	server_start(&s, hang_up, NULL);
	http = client_new(s.url, 5000);
	client_post(http, "x", 1, NULL, &first);
	client_post(http, "x", 1, NULL, &second);
	is_int(first.code, VBC_OK, "a first request");
	is_int(second.code, VBC_E_CONNECT, "a second one that is taken and not answered: %s",
	       second.err.text);
	ok(second.begun, "may have been done");
	is_int(s.requests, 2, "and is not repeated");
	is_int(s.connections, 1, "nor tried on another connection");
	vbc_http_free(http);
	server_stop(&s);
}

/* Hangs up in the middle of a request, with bytes unread: the client's writes meet a reset. */
static void reset(struct server *s, int fd, int nth)
{
	char c[1000];

	(void)s;
	(void)nth;
	recv(fd, c, sizeof(c), 0);
}

static void test_reset(void)
{
	const size_t n = 32u << 20;
	char *VBC_FREE body = calloc(1, n);
	struct exchange EXCHANGE e;
	struct vbc_http *http;
	struct server s;

	server_start(&s, reset, NULL);
	http = client_new(s.url, 5000);
	client_post(http, body, n, NULL, &e);
	is_int(e.code, VBC_E_CONNECT, "a server that hangs up while we send: %s", e.err.text);
	ok(e.begun, "something of it was sent");
	vbc_http_free(http);
	server_stop(&s);
}

/* An answer that nobody read must not become the next one's. */
static void test_unread(void)
{
	static const struct vbc_http_wait wait;
	struct exchange EXCHANGE e;
	struct vbc_conn *conn = NULL;
	struct vbc_http *http;
	struct server s;
	bool begun = false;

	server_start(&s, echo, NULL);
	http = client_new(s.url, 5000);
	ok(!vbc_http_lease(http, &wait, &conn, NULL) &&
		   !vbc_http_send(conn, "old", 3, &wait, &begun, NULL) && begun,
	   "a request whose answer is not read");
	vbc_http_give_back(http, conn);
	client_post(http, "new", 3, NULL, &e);
	is_str(e.code ? e.err.text : e.reply.data, "new", "the next answer is its own");
	vbc_http_give_back(http, NULL);
	vbc_http_free(http);
	vbc_http_free(NULL);
	server_stop(&s);
}

struct worker {
	struct vbc_http *http;
	pthread_t thread;
	int number, good;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < 50; i++) {
		struct exchange EXCHANGE e;
		char body[20];

		snprintf(body, sizeof(body), "%d-%d", w->number, i);
		client_post(w->http, body, strlen(body), NULL, &e);
		w->good += !e.code && streq(e.reply.data, body);
	}
	return NULL;
}

static void test_threads(void)
{
	struct worker workers[8] = {0};
	struct vbc_http *http;
	struct server s;
	int good = 0;

	server_start(&s, echo, NULL);
	http = client_new(s.url, 5000);
	for (int i = 0; i < 8; i++) {
		workers[i] = (struct worker){.http = http, .number = i};
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(workers[i].thread, NULL);
		good += workers[i].good;
	}
	is_int(good, 400, "eight threads with 50 requests each: their own answers");
	ok(s.connections <= 8, "on no more connections than threads (%d)", s.connections);
	vbc_http_free(http);
	server_stop(&s);
}

static int in_child(struct vbc_http *http)
{
	struct exchange EXCHANGE e;

	vbc_http_abandon(http);
	client_post(http, "child", 5, NULL, &e);
	return e.code || !streq(e.reply.data, "child");
}

static void test_fork(void)
{
	struct exchange EXCHANGE before, EXCHANGE after;
	struct vbc_http *http;
	struct server s;
	int status = -1;
	pid_t pid;

	server_start(&s, echo, NULL);
	http = client_new(s.url, 5000);
	client_post(http, "before", 6, NULL, &before);
	vbc_http_fork_lock(http);
	fflush(NULL);
	pid = fork();
	vbc_http_fork_unlock(http);
	if (pid == 0) {
		int failed = in_child(http);

		vbc_http_free(http);
		_exit(failed);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "fork: the child has its answer");
	client_post(http, "after", 5, NULL, &after);
	is_str(after.code ? after.err.text : after.reply.data, "after", "fork: so has the parent");
	is_int(s.connections, 2, "fork: the parent on its old connection, the child on its own");
	vbc_http_free(http);
	server_stop(&s);
}

int main(void)
{
	test_urls();
	test_reuse();
	test_many();
	test_closed_idle();
	test_broken();
	test_reset();
	test_unread();
	test_threads();
	test_fork();
	return tap_done();
}
