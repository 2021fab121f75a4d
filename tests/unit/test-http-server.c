/* SPDX-License-Identifier: Apache-2.0 */
#include "test-http-server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

struct server_thread {
	struct server_thread *next;
	struct server *server;
	pthread_t thread;
	int fd;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	_exit(99);
}

/* A connection on which nothing comes is only one that wakes servers up. */
static void *run_connection(void *arg)
{
	struct server_thread *t = arg;
	struct server *s = t->server;
	char c;

	if (recv(t->fd, &c, 1, MSG_PEEK) == 1)
		s->serve(s, t->fd, atomic_fetch_add(&s->connections, 1));
	close(t->fd);
	return NULL;
}

/* Ends when the listening socket is shut down. */
static void *run_server(void *arg)
{
	struct server_thread *first = arg;
	struct server *s = first->server;

	for (;;) {
		struct server_thread *t = calloc(1, sizeof(*t));
		const int on = 1;

		must(t != NULL, "calloc");
		t->fd = accept(s->fd, NULL, NULL);
		if (t->fd < 0) {
			free(t);
			return NULL;
		}
		setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		t->server = s;
		t->next = first->next;
		first->next = t;
		must(pthread_create(&t->thread, NULL, run_connection, t) == 0, "pthread_create");
	}
}

void server_start(struct server *s, void (*serve)(struct server *s, int fd, int nth),
		  const void *data)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof(a);

	*s = (struct server){.serve = serve, .data = data};
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(s->fd >= 0, "socket");
	must(bind(s->fd, (struct sockaddr *)&a, sizeof(a)) == 0, "bind");
	must(listen(s->fd, 64) == 0, "listen");
	must(getsockname(s->fd, (struct sockaddr *)&a, &n) == 0, "getsockname");
	s->port = ntohs(a.sin_port);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u", s->port);
	s->threads = calloc(1, sizeof(*s->threads));
	must(s->threads != NULL, "calloc");
	s->threads->server = s;
	must(pthread_create(&s->threads->thread, NULL, run_server, s->threads) == 0,
	     "pthread_create");
}

void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	while (s->threads) {
		struct server_thread *t = s->threads;

		pthread_join(t->thread, NULL); /* the listener first: it adds to the list */
		s->threads = t->next;
		free(t);
	}
	close(s->fd);
}

/* One byte more, so that what comes behind the request stays for the next read. */
static bool read_head(int fd, char *head, size_t size)
{
	for (size_t n = 0; n + 1 < size;) {
		if (recv(fd, head + n, 1, 0) != 1)
			return false;
		head[++n] = '\0';
		if (n >= 4 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0)
			return true;
	}
	return false;
}

bool server_request(struct server *s, int fd, char *body, size_t size)
{
	char head[2000] = "";
	const char *at;
	unsigned long length = 0;

	if (!read_head(fd, head, sizeof(head)))
		return false;
	atomic_fetch_add(&s->requests, 1);
	at = strstr(head, "\r\nContent-Length: ");
	if (!at || sscanf(at, "\r\nContent-Length: %lu", &length) != 1)
		return false;
	body[0] = '\0';
	for (unsigned long n = 0; n < length; n++) {
		char c;

		if (recv(fd, &c, 1, 0) != 1)
			return false;
		if (n + 1 < size) {
			body[n] = c;
			body[n + 1] = '\0';
		}
	}
	return true;
}

bool server_write(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		data += sent;
		n -= (size_t)sent;
	}
	return true;
}

bool server_say(int fd, const char *text)
{
	return server_write(fd, text, strlen(text));
}

bool server_answer(int fd, const char *body)
{
	char text[1000];

	snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		 strlen(body), body);
	return server_say(fd, text);
}

void server_wait_eof(int fd)
{
	char c[4096];

	while (recv(fd, c, sizeof(c), 0) > 0)
		;
}

struct vbc_http *client_new(const char *url, unsigned silence_ms)
{
	const struct vbc_http_opts opts = {
		.url = url, .connect_timeout_ms = 5000, .silence_ms = silence_ms};
	struct vbc_error err = {0};
	struct vbc_http *http = NULL;

	if (vbc_http_new(&opts, &http, &err)) {
		printf("Bail out! %s\n", err.text);
		_exit(99);
	}
	return http;
}

void client_post(struct vbc_http *http, const char *body, size_t n,
		 const struct vbc_http_wait *wait, struct exchange *ret)
{
	static const struct vbc_http_wait patient;
	int64_t began = vbc_now_ms();
	struct vbc_conn *conn = NULL;

	*ret = (struct exchange){0};
	vbc_buf_init(&ret->reply, 100000);
	if (!wait)
		wait = &patient;
	ret->code = vbc_http_lease(http, wait, &conn, &ret->err);
	if (!ret->code)
		ret->code = vbc_http_send(conn, body, n, wait, &ret->begun, &ret->err);
	if (!ret->code)
		ret->code = vbc_http_recv(conn, &ret->reply, &ret->status, wait, &ret->err);
	vbc_http_give_back(http, conn);
	ret->took_ms = vbc_now_ms() - began;
}

void exchange_done(struct exchange *e)
{
	vbc_buf_done(&e->reply);
}
