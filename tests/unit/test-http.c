/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Answers, good and bad: what each is taken for, and whether its connection is used again. Each is
 * sent at once and then byte by byte.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"
#include "test-http-server.h"

#define OK  "HTTP/1.1 200 OK\r\n"
#define CH  OK "Transfer-Encoding: chunked\r\n\r\n"
#define L2  "Content-Length: 2\r\n\r\nhi"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

enum after { STAYS, CLOSES };

struct answer {
	const char *what, *text;
	enum after after; /* what the server does behind its first answer */
	int code, status;
	const char *body;
	bool reused; /* a second request comes on the same connection */
};

static const struct answer answers[] = {
	{"a length", OK L2, STAYS, 0, 200, "hi", true},
	{"another status", "HTTP/1.1 500 Oh no\r\n" L2, STAYS, 0, 500, "hi", true},
	{"no reason", "HTTP/1.1 200\r\n" L2, STAYS, 0, 200, "hi", true},
	{"an empty body", OK "Content-Length: 0\r\n\r\n", STAYS, 0, 200, "", true},
	{"odd spelling", OK "cOnTent-lEngth:\t 2 \t\r\n\r\nhi", STAYS, 0, 200, "hi", true},
	{"no space", OK "Content-Length:2\r\n\r\nhi", STAYS, 0, 200, "hi", true},
	{"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", STAYS, 0, 200, "hi", true},
	{"other headers", OK "Server: x\r\nno colon\r\n: \r\n" L2, STAYS, 0, 200, "hi", true},
	{"keep-alive", OK "Connection: keep-alive\r\n" L2, STAYS, 0, 200, "hi", true},
	{"close", OK "Connection: close\r\n" L2, CLOSES, 0, 200, "hi", false},
	{"close, not done", OK "connection: Close \r\n" L2, STAYS, 0, 200, "hi", false},
	{"close in a list", OK "Connection: x, close\r\n" L2, STAYS, 0, 200, "hi", false},
	{"closed without a word", OK L2, CLOSES, 0, 200, "hi", false},
	{"HTTP/1.0", "HTTP/1.0 200 OK\r\n" L2, STAYS, 0, 200, "hi", false},
	{"until the end", OK "\r\nhi", CLOSES, 0, 200, "hi", false},
	{"nothing until the end", OK "\r\n", CLOSES, 0, 200, "", false},
	{"chunks", CH "1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", STAYS, 0, 200, "hi", true},
	{"a hexadecimal chunk", CH "1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", STAYS, 0, 200,
	 "abcdefghijklmnopqrstuvwxyz", true},
	{"no chunk", CH "0\r\n\r\n", STAYS, 0, 200, "", true},
	{"chunks with extensions", CH "2;a=\"b\"\r\nhi\r\n0;c\r\n\r\n", STAYS, 0, 200, "hi", true},
	{"chunks with trailers", CH "2\r\nhi\r\n0\r\nA: b\r\nC: d\r\n\r\n", STAYS, 0, 200, "hi",
	 true},
	{"chunks and a length",
	 OK "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\n\r\n",
	 STAYS, 0, 200, "hi", true},
	{"continue", "HTTP/1.1 100 Continue\r\n\r\n" OK L2, STAYS, 0, 200, "hi", true},
	{"two of them",
	 "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" OK L2, STAYS, 0,
	 200, "hi", true},
	{"more than was asked for", OK L2 OK "Content-Length: 3\r\n\r\nbad", STAYS, 0, 200, "hi",
	 false},
	{"a line too many", OK L2 "\r\n", STAYS, 0, 200, "hi", false},

	{"nothing", "", CLOSES, VBC_E_CONNECT, 0, NULL, false},
	{"half a head", OK "Content-", CLOSES, VBC_E_PROTOCOL, 0, NULL, false},
	{"a head without end", OK "Content-Length: 2\r\n", CLOSES, VBC_E_CONNECT, 0, NULL, false},
	{"half a body", OK "Content-Length: 3\r\n\r\nhi", CLOSES, VBC_E_CONNECT, 0, NULL, false},
	{"half a chunk", CH "5\r\nhi", CLOSES, VBC_E_CONNECT, 0, NULL, false},
	{"chunks without end", CH "2\r\nhi\r\n", CLOSES, VBC_E_CONNECT, 0, NULL, false},
	{"only a continue", "HTTP/1.1 100 Continue\r\n\r\n", CLOSES, VBC_E_CONNECT, 0, NULL, false},
	{"SSH", "SSH-2.0-OpenSSH_9.2\r\n", STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"SMTP", "220 mail.example ESMTP\r\n", CLOSES, VBC_E_PROTOCOL, 0, NULL, false},
	{"an empty line", "\r\n", STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"no status", "HTTP/1.1 OK\r\n" L2, STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"HTTP/2", "HTTP/2 200 OK\r\n" L2, STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"bytes", "\x15\x03\x01\x02\x02\n", STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"a length that is none", OK "Content-Length: two\r\n\r\nhi", STAYS, VBC_E_PROTOCOL, 0,
	 NULL, false},
	{"a negative length", OK "Content-Length: -2\r\n\r\nhi", STAYS, VBC_E_PROTOCOL, 0, NULL,
	 false},
	{"a length beyond numbers", OK "Content-Length: 18446744073709551616\r\n\r\nhi", STAYS,
	 VBC_E_PROTOCOL, 0, NULL, false},
	{"a chunk that is none", CH "xyz\r\nhi\r\n0\r\n\r\n", STAYS, VBC_E_PROTOCOL, 0, NULL,
	 false},
	{"a negative chunk", CH "-1\r\nhi\r\n0\r\n\r\n", STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"a chunk beyond numbers", CH "11111111111111111\r\nhi\r\n", STAYS, VBC_E_PROTOCOL, 0, NULL,
	 false},
	{"a chunk that goes on", CH "1\r\nhi\r\n0\r\n\r\n", STAYS, VBC_E_PROTOCOL, 0, NULL, false},
	{"too large, told before", OK "Content-Length: 100001\r\n\r\n", STAYS, VBC_E_PROTOCOL, 0,
	 NULL, false},
	{"far too large", OK "Content-Length: 18446744073709551615\r\n\r\n", STAYS, VBC_E_PROTOCOL,
	 0, NULL, false},
};

struct script {
	const struct answer *answer;
	bool slowly;
};

/* The first answer of the first connection is the one under test; all others are good ones. */
static void serve(struct server *s, int fd, int nth)
{
	const struct script *script = s->data;
	const char *text = script->answer->text;
	char body[10];

	if (!server_request(s, fd, body, sizeof(body)))
		return;
	if (nth > 0) {
		server_answer(fd, "again");
		server_wait_eof(fd);
		return;
	}
	for (size_t at = 0, n = script->slowly ? 1 : strlen(text); text[at]; at += n) {
		server_write(fd, text + at, n);
		if (script->slowly && at % 8 == 0)
			usleep(200);
	}
	if (script->answer->after == CLOSES)
		shutdown(fd, SHUT_RDWR);
	atomic_store(&s->done, true);
	if (server_request(s, fd, body, sizeof(body)))
		server_answer(fd, "again");
	server_wait_eof(fd);
}

static void test_answer(const struct answer *a, bool slowly)
{
	const struct script script = {.answer = a, .slowly = slowly};
	const char *how = slowly ? "by bytes" : "at once";
	struct exchange EXCHANGE first, EXCHANGE second;
	struct vbc_http *http;
	struct server s;

	server_start(&s, serve, &script);
	http = client_new(s.url, 2000);
	client_post(http, "x", 1, NULL, &first);
	is_int(first.code, a->code, "%s (%s): result", a->what, how);
	is_int(first.status, a->status, "%s (%s): status", a->what, how);
	if (a->body)
		is_str(first.reply.data ? first.reply.data : "", a->body, "%s (%s): body", a->what,
		       how);
	else
		ok(first.err.code == a->code && first.err.text[0], "%s (%s): %s", a->what, how,
		   first.err.text);
	while (!atomic_load(&s.done)) /* what it does unasked comes before the next request */
		usleep(1000);
	client_post(http, "y", 1, NULL, &second);
	is_str(second.code ? second.err.text : second.reply.data, "again",
	       "%s (%s): the next answer is its own", a->what, how);
	is_int(s.connections, a->reused ? 1 : 2, "%s (%s): connections", a->what, how);
	is_int(s.requests, 2, "%s (%s): nothing was sent twice", a->what, how);
	vbc_http_free(http);
	server_stop(&s);
}

/* Never ends, each in its own way. */
static void flood(struct server *s, int fd, int nth)
{
	const char *const *texts = s->data;
	char body[10];

	(void)nth;
	if (server_request(s, fd, body, sizeof(body)) && server_say(fd, texts[0]))
		while (server_say(fd, texts[1]))
			;
}

static void test_flood(const char *what, const char *first, const char *then)
{
	const char *const texts[] = {first, then};
	struct exchange EXCHANGE e;
	struct vbc_http *http;
	struct server s;

	server_start(&s, flood, texts);
	http = client_new(s.url, 2000);
	client_post(http, "x", 1, NULL, &e);
	is_int(e.code, VBC_E_PROTOCOL, "a flood of %s: %s", what, e.err.text);
	ok(e.reply.len <= e.reply.max, "a flood of %s: memory has its limit", what);
	vbc_http_free(http);
	server_stop(&s);
}

int main(void)
{
	for (size_t i = 0; i < VBC_COUNT(answers); i++) {
		test_answer(&answers[i], false);
		test_answer(&answers[i], true);
	}
	test_flood("header lines", OK, "A: b\r\n");
	test_flood("one line", "HTTP/1.1 ", X50);
	test_flood("one header line", OK "A: ", X50);
	test_flood("bytes", "", X50);
	test_flood("body until the end", OK "\r\n", X50);
	test_flood("chunks", CH, "32\r\n" X50 "\r\n");
	test_flood("one chunk", CH "ffffffff\r\n", X50);
	test_flood("trailers", CH "0\r\n", "A: b\r\n");
	test_flood("continues", "", "HTTP/1.1 100 Continue\r\n\r\n");
	return tap_done();
}
