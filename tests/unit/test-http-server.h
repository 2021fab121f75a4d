/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A tiny server for the tests of lib/http: it listens on the loopback, each connection has a
 * thread that runs the test's function. The other half is a client's request in one call.
 */
#ifndef VBC_TESTS_HTTP_SERVER_H
#define VBC_TESTS_HTTP_SERVER_H

#include <stdatomic.h>

#include "http/http.h"

struct server {
	int fd;
	unsigned port;
	char url[64];
	/* What is done with one connection, the nth (from 0); it is closed afterwards. */
	void (*serve)(struct server *s, int fd, int nth);
	const void *data; /* for serve */
	atomic_int connections, requests;
	atomic_bool done; /* for serve, to tell the test */
	struct server_thread *threads;
};

void server_start(struct server *s, void (*serve)(struct server *s, int fd, int nth),
		  const void *data);
/* Waits for all its connections to end. */
void server_stop(struct server *s);

/* Reads one request and counts it; its body goes to body[0..size), NUL at the end. False at EOF. */
bool server_request(struct server *s, int fd, char *body, size_t size);
/* Writes all; false when the client is gone. */
bool server_write(int fd, const char *data, size_t n);
bool server_say(int fd, const char *text);
/* An answer with this body and a length, which may be followed by another one. */
bool server_answer(int fd, const char *body);
/* Reads and forgets until the client closes. */
void server_wait_eof(int fd);

/* A pool of connections to the server; the program ends when there is none. */
struct vbc_http *client_new(const char *url, unsigned silence_ms);

struct exchange {
	int code, status;
	bool begun;
	struct vbc_buf reply; /* up to 100000 bytes */
	struct vbc_error err;
	int64_t took_ms;
};

/* Leases, sends, receives, gives back. wait may be NULL. */
void client_post(struct vbc_http *http, const char *body, size_t n,
		 const struct vbc_http_wait *wait, struct exchange *ret);
void exchange_done(struct exchange *e);
#define EXCHANGE VBC_CLEANUP(exchange_done)

#endif
