/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Patience: silence, deadlines and cancelling, while connecting, sending and receiving.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"
#include "test-http-server.h"

#define HEAD        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"
#define PATIENT_MS  20000
#define LARGE_BYTES (32u << 20) /* more than the system's buffers hold */

/* Cancels when it is asked after a time. */
static int tick(void *data)
{
	const int64_t *at_ms = data;

	return vbc_now_ms() >= *at_ms;
}

static struct vbc_http_wait cancel_after(int64_t ms, int64_t *at_ms)
{
	*at_ms = vbc_now_ms() + ms;
	return (struct vbc_http_wait){.tick = tick, .data = at_ms};
}

/* It may take half of the least: a time that is set before the server starts is shorter for who
 * asks it. */
static void is_about(int64_t took_ms, int64_t least_ms, int64_t most_ms, const char *what)
{
	least_ms /= 2;
	ok(took_ms >= least_ms && took_ms <= most_ms, "%s: after %lld ms (%lld to %lld)", what,
	   (long long)took_ms, (long long)least_ms, (long long)most_ms);
}

/* How a server behaves: says `first`, then `count` single bytes, one each `pause_ms`. */
struct behaviour {
	const char *first;
	int count;
	unsigned pause_ms;
};

static void serve(struct server *s, int fd, int nth)
{
	const struct behaviour *b = s->data;
	char body[10];

	(void)nth;
	if (!server_request(s, fd, body, sizeof(body)))
		return;
	server_say(fd, b->first);
	for (int i = 0; i < b->count && server_say(fd, "x"); i++)
		vbc_sleep_ms(b->pause_ms);
	server_wait_eof(fd);
}

static void meet(const struct behaviour *b, unsigned silence_ms, const struct vbc_http_wait *wait,
		 struct exchange *ret)
{
	struct vbc_http *http;
	struct server s;

	server_start(&s, serve, b);
	http = client_new(s.url, silence_ms);
	client_post(http, "x", 1, wait, ret);
	is_int(s.requests, 1, "one request was sent");
	vbc_http_free(http);
	server_stop(&s);
}

static void test_silence(void)
{
	static const struct behaviour silent = {"", 0, 0}, stalls = {HEAD, 5, 20},
				      slow = {HEAD, 20, 100}, trickles = {HEAD, 20, 200};
	struct exchange EXCHANGE a, EXCHANGE b, EXCHANGE c, EXCHANGE d;

	meet(&silent, 300, NULL, &a);
	is_int(a.code, VBC_E_TIMEOUT, "a silent server: %s", a.err.text);
	is_about(a.took_ms, 300, 15000, "a silent server");
	meet(&stalls, 300, NULL, &b);
	is_int(b.code, VBC_E_TIMEOUT, "one that falls silent");
	is_about(b.took_ms, 350, 15000, "one that falls silent");
	meet(&slow, 1500, NULL, &c);
	is_int(c.code, VBC_OK, "one that is slow is waited for");
	is_str(c.reply.data, "xxxxxxxxxxxxxxxxxxxx", "to the end");
	meet(&trickles, 300, NULL, &d);
	is_int(d.code, VBC_E_TIMEOUT, "one that keeps a call for ever is not: %s", d.err.text);
	is_about(d.took_ms, 550, 15000, "one that keeps a call for ever");
}

static void test_deadline(void)
{
	static const struct behaviour silent = {"", 0, 0}, trickles = {HEAD, 19, 20};
	struct vbc_http_wait wait = {.deadline_ms = vbc_now_ms() + 300};
	struct exchange EXCHANGE a, EXCHANGE b, EXCHANGE c;

	meet(&silent, PATIENT_MS, &wait, &a);
	is_int(a.code, VBC_E_TIMEOUT, "a deadline ends a silence");
	is_about(a.took_ms, 250, 15000, "a deadline ends a silence");
	wait.deadline_ms = vbc_now_ms() + 200;
	meet(&trickles, PATIENT_MS, &wait, &b);
	is_int(b.code, VBC_E_TIMEOUT, "a deadline ends a trickle");
	is_about(b.took_ms, 150, 1700, "a deadline ends a trickle");
	wait.deadline_ms = vbc_now_ms() + PATIENT_MS;
	meet(&trickles, 300, &wait, &c);
	is_int(c.code, VBC_E_TIMEOUT, "silence ends before a late deadline");
}

static void test_cancel(void)
{
	static const struct behaviour silent = {"", 0, 0}, trickles = {HEAD, 19, 100};
	struct exchange EXCHANGE a, EXCHANGE b;
	struct vbc_http_wait wait;
	int64_t at_ms;

	wait = cancel_after(300, &at_ms);
	meet(&silent, PATIENT_MS, &wait, &a);
	is_int(a.code, VBC_E_CANCELLED, "cancelled in a silence: %s", a.err.text);
	is_about(a.took_ms, 300, 15000, "cancelled in a silence");
	wait = cancel_after(300, &at_ms);
	meet(&trickles, PATIENT_MS, &wait, &b);
	is_int(b.code, VBC_E_CANCELLED, "cancelled in a trickle");
	is_about(b.took_ms, 300, 15000, "cancelled in a trickle");
}

/* Takes the connection and never reads. */
static void refuse_to_read(struct server *s, int fd, int nth)
{
	(void)fd;
	(void)nth;
	while (!atomic_load(&s->done))
		vbc_sleep_ms(10);
}

static void send_large(unsigned silence_ms, const struct vbc_http_wait *wait, struct exchange *ret)
{
	char *VBC_FREE body = calloc(1, LARGE_BYTES);
	struct vbc_http *http;
	struct server s;

	server_start(&s, refuse_to_read, NULL);
	http = client_new(s.url, silence_ms);
	client_post(http, body, LARGE_BYTES, wait, ret);
	atomic_store(&s.done, true);
	vbc_http_free(http);
	server_stop(&s);
}

static void test_sending(void)
{
	struct exchange EXCHANGE a, EXCHANGE b, EXCHANGE c;
	struct vbc_http_wait wait = {0};
	int64_t at_ms;

	send_large(300, NULL, &a);
	ok(a.code == VBC_E_TIMEOUT && a.begun, "a server that does not read: %s", a.err.text);
	is_about(a.took_ms, 300, 15000, "a server that does not read");
	wait.deadline_ms = vbc_now_ms() + 300;
	send_large(PATIENT_MS, &wait, &b);
	ok(b.code == VBC_E_TIMEOUT && b.begun, "a deadline ends sending");
	is_about(b.took_ms, 200, 15000, "a deadline ends sending");
	wait = cancel_after(300, &at_ms);
	send_large(PATIENT_MS, &wait, &c);
	ok(c.code == VBC_E_CANCELLED && c.begun, "cancelled while sending");
	/* It is told to end by a time that began before the connection was made. */
	is_about(c.took_ms, 200, 15000, "cancelled while sending");
}

static int connect_to(const struct sockaddr_in *a)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	connect(fd, (const struct sockaddr *)a, sizeof(*a));
	return fd;
}

static void post_to(const char *url, unsigned connect_ms, const struct vbc_http_wait *wait,
		    struct exchange *ret)
{
	const struct vbc_http_opts opts = {
		.url = url, .connect_timeout_ms = connect_ms, .silence_ms = PATIENT_MS};
	struct vbc_http *http = NULL;
	struct vbc_error err = {0};

	ok(!vbc_http_new(&opts, &http, &err), "%s: a pool", url);
	client_post(http, "x", 1, wait, ret);
	vbc_http_free(http);
}

/* A listener whose queue is full: the system leaves further connections without an answer. */
static void test_connecting(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct vbc_http_wait wait = {0};
	int64_t at_ms;
	struct exchange EXCHANGE slow, EXCHANGE stopped, EXCHANGE over;
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), queued[3];
	char url[64];

	if (bind(fd, (struct sockaddr *)&a, n) || listen(fd, 0) ||
	    getsockname(fd, (struct sockaddr *)&a, &n))
		printf("Bail out! no listener\n");
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", ntohs(a.sin_port));
	for (size_t i = 0; i < VBC_COUNT(queued); i++)
		queued[i] = connect_to(&a);
	post_to(url, 400, NULL, &slow);
	is_int(slow.code, VBC_E_CONNECT, "nobody takes the connection: %s", slow.err.text);
	is_about(slow.took_ms, 350, 15000, "nobody takes the connection");
	wait.deadline_ms = vbc_now_ms() + 300;
	post_to(url, PATIENT_MS, &wait, &over);
	is_int(over.code, VBC_E_TIMEOUT, "a deadline ends connecting: %s", over.err.text);
	is_about(over.took_ms, 250, 15000, "a deadline ends connecting");
	wait = cancel_after(300, &at_ms);
	post_to(url, PATIENT_MS, &wait, &stopped);
	is_int(stopped.code, VBC_E_CANCELLED, "cancelled while connecting: %s", stopped.err.text);
	is_about(stopped.took_ms, 300, 15000, "cancelled while connecting");
	for (size_t i = 0; i < VBC_COUNT(queued); i++)
		close(queued[i]);
	close(fd);
}

int main(void)
{
	test_silence();
	test_deadline();
	test_cancel();
	test_sending();
	test_connecting();
	return tap_done();
}
