/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One connection of the pool, and what those of one server share.
 */
#ifndef VBC_HTTP_CONN_H
#define VBC_HTTP_CONN_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/error-private.h"
#include "cert/cert.h"
#include "http/decoy.h"
#include "http/url.h"
#include "http/wait.h"

struct vbc_conn {
	struct vbc_conn *next; /* while idle */
	struct vbc_http *http;
	CURLM *multi; /* has `curl`, and the connection with it */
	CURL *curl;
	curl_socket_t fd;
	int64_t idle_since_ms;
	int64_t tick_at_ms; /* when its user is to be asked next */
	bool tls;
	bool usable;                /* may carry another one */
	bool unanswered;            /* nothing has come from the server yet */
	int64_t silent_us, ends_us; /* when it has been silent too long, and has taken too long */
	struct vbc_decoy decoy;     /* until then */
	char input[16384];          /* read, not yet consumed: input[at..end) */
	size_t at, end;
};

struct vbc_http {
	struct vbc_url url;
	char *ca_file;
	bool pinned; /* only the certificate of this fingerprint is accepted */
	struct vbc_fingerprint fingerprint;
	unsigned connect_timeout_ms, silence_ms;
	pthread_mutex_t mutex; /* guards idle, never held during I/O */
	struct vbc_conn *idle;
	unsigned idle_count;
};

int vbc_conn_open(struct vbc_http *http, const struct vbc_http_wait *wait,
		  struct vbc_conn **ret_conn, struct vbc_error *err);
/* The certificate that the server shows; nothing else is done on that connection. */
int vbc_conn_certificate(struct vbc_http *http, const struct vbc_http_wait *wait, char **ret_pem,
			 struct vbc_error *err);
/* NULL is fine. */
void vbc_conn_close(struct vbc_conn *conn);
/* Closes it without telling the server, whose connection with our parent process goes on. */
void vbc_conn_abandon(struct vbc_conn *conn);
/* Whether an idle connection can carry a request: not closed by the server, nothing unasked. */
bool vbc_conn_alive(const struct vbc_conn *conn);

/*
 * How long the server is waited for: so long as it is not silent, and twice that for all, with a
 * moment for each byte. So one that takes or gives a byte now and then holds nobody.
 */
void vbc_conn_await(struct vbc_conn *conn, size_t n);
/* It is not silent, and so many bytes more are waited for. */
void vbc_conn_moved(struct vbc_conn *conn, size_t n);

/* Waits until fd is ready for `events`, or the wait or the server's time ends. */
int vbc_conn_poll(struct vbc_conn *conn, short events, const struct vbc_http_wait *wait,
		  struct vbc_error *err);
/* Writes some of it; VBC_OK with *ret_sent = 0 when the connection cannot take more now. */
int vbc_conn_write(struct vbc_conn *conn, const void *data, size_t n, size_t *ret_sent,
		   struct vbc_error *err);
/* Reads what there is, at least one byte, into input; *ret_n = 0 at the end of the stream. */
int vbc_conn_read(struct vbc_conn *conn, const struct vbc_http_wait *wait, size_t *ret_n,
		  struct vbc_error *err);

#endif
