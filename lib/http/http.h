/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 for one server: a pool of keep-alive connections on which requests are posted.
 * Thread-safe; a connection belongs to one thread at a time.
 *
 * libcurl makes the connections: names, TLS, verification. The HTTP is our own (message.c), because
 * - a request must never be sent twice behind our back. libcurl repeats it when a kept connection
 *   turns out dead; here the caller learns whether a byte has left, and decides;
 * - one thread must be able to have several requests under way (vbox/batch.c), with one loop that
 *   asks the caller whether to go on, and bounds silence, length and the whole answer;
 * - after fork() the child must forget its parent's connections without a byte on the wire;
 * - a call may cost little more than its bytes: there are thousands of them.
 * What that gives up (proxies, redirects, HTTP/2, cookies) vboxwebsrv does not use.
 */
#ifndef VBC_HTTP_H
#define VBC_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error-private.h"
#include "http/wait.h"

struct vbc_http;
struct vbc_conn;

struct vbc_http_opts {
	const char *url;
	const char *ca_file;     /* certificates to verify against; NULL: the system's */
	const char *fingerprint; /* SHA-256 of the one certificate that is accepted, instead of all
				    that; NULL: none. Errors: VBC_E_ARG (it is none, or no https) */
	unsigned connect_timeout_ms;
	unsigned silence_ms; /* the longest silence while an answer is awaited; the whole may
				take twice as long, and a second for each 64 KiB */
};

int vbc_http_new(const struct vbc_http_opts *opts, struct vbc_http **ret, struct vbc_error *err);
/* Closes every idle connection; none may be leased. */
void vbc_http_free(struct vbc_http *http);
/* The URL as it is used, with its port. */
const char *vbc_http_url(const struct vbc_http *http);

/*
 * The certificate that the server shows now, as PEM; free it. Nobody vouches for it, and nothing is
 * sent but the handshake. Errors: VBC_E_TLS (no TLS there), VBC_E_ARG (no https), those of a lease.
 */
int vbc_http_certificate(struct vbc_http *http, const struct vbc_http_wait *wait, char **ret_pem,
			 struct vbc_error *err);

/* Makes a connection as a lease would, and ends it: whether the server's certificate is accepted.
 */
int vbc_http_try(struct vbc_http *http, const struct vbc_http_wait *wait, struct vbc_error *err);

/* An idle connection that is still alive, or a new one. */
int vbc_http_lease(struct vbc_http *http, const struct vbc_http_wait *wait,
		   struct vbc_conn **ret_conn, struct vbc_error *err);
/* Takes it back; one that cannot be used again is closed. NULL is fine. */
void vbc_http_give_back(struct vbc_http *http, struct vbc_conn *conn);

/* Whether it can carry another request; one that cannot is given back. */
bool vbc_http_usable(const struct vbc_conn *conn);

/* Whether nothing has come over it yet: the server may not have taken notice of it. */
bool vbc_http_is_new(const struct vbc_conn *conn);

/* Sends one request. *ret_begun says whether any byte may have reached the server. */
int vbc_http_send(struct vbc_conn *conn, const char *body, size_t n,
		  const struct vbc_http_wait *wait, bool *ret_begun, struct vbc_error *err);
/* Reads its answer: the body replaces what is in reply, whose `max` is the largest accepted. */
int vbc_http_recv(struct vbc_conn *conn, struct vbc_buf *reply, int *ret_status,
		  const struct vbc_http_wait *wait, struct vbc_error *err);

/*
 * fork(): before it, vbc_http_fork_lock(); after it, in both processes, vbc_http_fork_unlock().
 * The child then calls vbc_http_abandon() before its first use: its parent's connections are
 * forgotten without a byte on the wire.
 */
void vbc_http_fork_lock(struct vbc_http *http);
void vbc_http_fork_unlock(struct vbc_http *http);
void vbc_http_abandon(struct vbc_http *http);

#endif
