/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One connection: made and verified by libcurl, then a stream of bytes.
 */
#include "http/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "http/ca.h"
#include "http/sigpipe.h"

#define TICK_MS  250
#define EARLY_MS 20
#define CERT_KEY "Cert:"
#define BYTES_MS 64 /* so many bytes in a millisecond are fast enough */

/* Returns after how many ms to call again. */
static int64_t conn_make_decoy(struct vbc_conn *conn)
{
	return conn->unanswered ? vbc_decoy_make(&conn->decoy, conn->fd) : INT64_MAX;
}

static int conn_note_socket(void *data, curl_socket_t fd, curlsocktype purpose)
{
	struct vbc_conn *conn = data;

	(void)purpose;
	conn->fd = fd;
	conn->unanswered = true;
	vbc_decoy_start(&conn->decoy);
	return CURL_SOCKOPT_OK;
}

/* libcurl's milliseconds end a little before ours: whose time was over must be told apart. */
static long conn_connect_time(const struct vbc_http *http, const struct vbc_http_wait *wait)
{
	int64_t left = wait->deadline_ms ? wait->deadline_ms - vbc_now_ms() : INT64_MAX - EARLY_MS;

	left = (left < 1 ? 1 : left) + EARLY_MS;
	return left < http->connect_timeout_ms ? (long)left : (long)http->connect_timeout_ms;
}

static void conn_set_up(struct vbc_conn *c, const struct vbc_http_wait *wait, char *why)
{
	const struct vbc_http *http = c->http;

	curl_easy_setopt(c->curl, CURLOPT_URL, http->url.text);
	curl_easy_setopt(c->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(c->curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT_MS, conn_connect_time(http, wait));
	curl_easy_setopt(c->curl, CURLOPT_SOCKOPTFUNCTION, conn_note_socket);
	curl_easy_setopt(c->curl, CURLOPT_SOCKOPTDATA, c);
}

static int conn_explain_connect(const struct vbc_conn *c, CURLcode rc, const char *why,
				const struct vbc_http_wait *wait, struct vbc_error *err)
{
	const char *text = why[0] ? why : curl_easy_strerror(rc);
	int code = VBC_E_CONNECT;

	if (wait->deadline_ms && vbc_now_ms() >= wait->deadline_ms)
		return vbc_fail(err, VBC_E_TIMEOUT, "timed out connecting to %s",
				c->http->url.text);
	switch ((int)rc) {
	case CURLE_ABORTED_BY_CALLBACK:
		return vbc_fail(err, VBC_E_CANCELLED, "cancelled while connecting");
	case CURLE_OUT_OF_MEMORY: return vbc_fail_nomem(err);
	case CURLE_SSL_CONNECT_ERROR:
		code = vbc_fail(
			err, VBC_E_TLS,
			"cannot make a TLS connection to %s: %s; does vboxwebsrv serve TLS there?",
			c->http->url.text, text);
		break;
	case CURLE_PEER_FAILED_VERIFICATION:
		code = vbc_fail_hint(err, VBC_E_TLS, VBC_HINT_CA_FILE,
				     "cannot make a verified TLS connection to %s: %s",
				     c->http->url.text, text);
		break;
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
		code = vbc_fail(err, VBC_E_TLS, "cannot make a verified TLS connection to %s: %s",
				c->http->url.text, text);
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
		code = vbc_fail_hint(err, VBC_E_CONNECT, VBC_HINT_HOST_NAME,
				     "cannot connect to %s: %s", c->http->url.text, text);
		break;
	default:
		code = vbc_fail(err, VBC_E_CONNECT,
				"cannot connect to %s: %s; is vboxwebsrv running there?",
				c->http->url.text, text);
	}
	if (err && !err->os)
		err->os = (int)rc;
	return code;
}

/* By the system's certificates, of which there may be a folder beside a file, or by a file's alone.
 */
static void conn_verify(struct vbc_conn *c)
{
	const char *file = c->http->ca_file ? c->http->ca_file : vbc_ca_find();

	if (!file)
		return;
	curl_easy_setopt(c->curl, CURLOPT_CAINFO, file);
	curl_easy_setopt(c->curl, CURLOPT_CAPATH, NULL);
}

/* For a connection on which nothing is sent before somebody has looked at the certificate. */
static void conn_accept_any(struct vbc_conn *c)
{
	curl_easy_setopt(c->curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(c->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(c->curl, CURLOPT_CERTINFO, 1L);
}

/* The certificate whose key the server has shown that it has: the first of those it sent. */
static int conn_get_certificate(struct vbc_conn *c, const char **ret_pem, struct vbc_error *err)
{
	struct curl_certinfo *sent = NULL;
	const struct curl_slist *line = NULL;

	if (curl_easy_getinfo(c->curl, CURLINFO_CERTINFO, &sent) == CURLE_OK && sent &&
	    sent->num_of_certs > 0)
		line = sent->certinfo[0];
	while (line && !vbc_starts_with(line->data, CERT_KEY))
		line = line->next;
	if (!line)
		return vbc_fail(err, VBC_E_TLS,
				"cannot make a verified TLS connection to %s: this libcurl does "
				"not report the host's certificate",
				c->http->url.text);
	*ret_pem = line->data + strlen(CERT_KEY);
	return VBC_OK;
}

static int conn_check_fingerprint(struct vbc_conn *c, struct vbc_error *err)
{
	struct vbc_fingerprint shown;
	const char *pem = NULL;
	int code = conn_get_certificate(c, &pem, err);

	if (!code)
		code = vbc_cert_hash(pem, &shown, err);
	if (code || vbc_fingerprint_equal(&shown, &c->http->fingerprint))
		return code;
	return vbc_fail_hint(err, VBC_E_TLS, VBC_HINT_FINGERPRINT,
			     "%s presents a different certificate from the one that is trusted: "
			     "its fingerprint is %s instead of %s",
			     c->http->url.text, vbc_fingerprint_format(&shown).text,
			     vbc_fingerprint_format(&c->http->fingerprint).text);
}

/* How long one poll may take. */
static int conn_poll_slice_ms(struct vbc_conn *conn, int64_t left)
{
	int64_t decoy = conn_make_decoy(conn);

	if (left > decoy)
		left = decoy;
	return left < 0 ? 0 : left < TICK_MS ? (int)left : TICK_MS;
}

/* Asks its user now and then. */
static bool conn_is_cancelled(struct vbc_conn *conn, const struct vbc_http_wait *wait, int64_t now)
{
	if (!wait->tick || now < conn->tick_at_ms)
		return false;
	conn->tick_at_ms = now + TICK_MS;
	return wait->tick(wait->data);
}

static CURLcode conn_get_result(struct vbc_conn *c)
{
	int left;
	const CURLMsg *message = curl_multi_info_read(c->multi, &left);

	return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_OUT_OF_MEMORY;
}

/* curl_easy_perform() asks nobody while it waits for the server, in libcurl 8.23. */
static CURLcode conn_perform(struct vbc_conn *c, const struct vbc_http_wait *wait)
{
	int running = 0;

	if (curl_multi_add_handle(c->multi, c->curl) != CURLM_OK)
		return CURLE_OUT_OF_MEMORY;
	for (;;) {
		if (curl_multi_perform(c->multi, &running) != CURLM_OK)
			return CURLE_OUT_OF_MEMORY;
		if (!running)
			return conn_get_result(c);
		if (conn_is_cancelled(c, wait, vbc_now_ms()))
			return CURLE_ABORTED_BY_CALLBACK;
		/* TLS waits for an answer here already, which a decoy may be needed for */
		curl_multi_poll(c->multi, NULL, 0, conn_poll_slice_ms(c, TICK_MS), NULL);
	}
}

/* Without `verify` it accepts any certificate. */
static int conn_connect(struct vbc_conn *c, const struct vbc_http_wait *wait, bool verify,
			struct vbc_error *err)
{
	char why[CURL_ERROR_SIZE] = "";
	CURLcode rc;

	conn_set_up(c, wait, why);
	if (verify)
		conn_verify(c);
	else
		conn_accept_any(c);
	rc = conn_perform(c, wait);
	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(c->curl, CURLINFO_ACTIVESOCKET, &c->fd);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, NULL); /* `why` ends here */
	return rc == CURLE_OK ? VBC_OK : conn_explain_connect(c, rc, why, wait, err);
}

static struct vbc_conn *conn_new(struct vbc_http *http)
{
	struct vbc_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->multi = curl_multi_init();
	c->curl = curl_easy_init();
	if (!c->multi || !c->curl) {
		vbc_conn_close(c);
		return NULL;
	}
	c->http = http;
	c->tls = vbc_starts_with(http->url.text, "https:");
	return c;
}

int vbc_conn_open(struct vbc_http *http, const struct vbc_http_wait *wait,
		  struct vbc_conn **ret_conn, struct vbc_error *err)
{
	struct vbc_conn *c = conn_new(http);
	int code = c ? conn_connect(c, wait, !http->pinned, err) : vbc_fail_nomem(err);

	if (!code && http->pinned)
		code = conn_check_fingerprint(c, err);
	if (code) {
		vbc_conn_close(c);
		return code;
	}
	c->unanswered = !c->tls;
	c->usable = true;
	*ret_conn = c;
	return VBC_OK;
}

int vbc_conn_certificate(struct vbc_http *http, const struct vbc_http_wait *wait, char **ret_pem,
			 struct vbc_error *err)
{
	struct vbc_conn *c = conn_new(http);
	const char *pem = NULL;
	int code = c ? conn_connect(c, wait, false, err) : vbc_fail_nomem(err);

	if (!code)
		code = conn_get_certificate(c, &pem, err);
	if (!code && !(*ret_pem = strdup(pem)))
		code = vbc_fail_nomem(err);
	vbc_conn_close(c);
	return code;
}

/* A host whose VBoxSVC has died takes vboxwebsrv with it in the middle of an answer. */
static int conn_fail_broken(const struct vbc_conn *conn, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_CONNECT,
			"the connection to %s broke; is vboxwebsrv still running there?",
			conn->http->url.text);
}

int vbc_conn_write(struct vbc_conn *conn, const void *data, size_t n, size_t *ret_sent,
		   struct vbc_error *err)
{
	struct vbc_sigpipe blocked;
	CURLcode rc;

	*ret_sent = 0;
	if (conn->tls)
		vbc_sigpipe_block(&blocked);
	rc = curl_easy_send(conn->curl, data, n, ret_sent);
	if (conn->tls)
		vbc_sigpipe_unblock(&blocked);
	if (rc == CURLE_OK || rc == CURLE_AGAIN)
		return VBC_OK;
	return conn_fail_broken(conn, err);
}

void vbc_conn_close(struct vbc_conn *conn)
{
	struct vbc_sigpipe blocked;

	if (!conn)
		return;
	vbc_sigpipe_block(&blocked);
	if (conn->multi && conn->curl)
		curl_multi_remove_handle(conn->multi, conn->curl);
	curl_easy_cleanup(conn->curl);
	curl_multi_cleanup(conn->multi);
	vbc_sigpipe_unblock(&blocked);
	free(conn);
}

void vbc_conn_abandon(struct vbc_conn *conn)
{
	/* libcurl ends TLS with a message to the server: let it go nowhere. */
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nowhere >= 0) {
		dup3(nowhere, conn->fd, O_CLOEXEC);
		close(nowhere);
	}
	vbc_conn_close(conn);
}

bool vbc_conn_alive(const struct vbc_conn *conn)
{
	struct pollfd p = {.fd = conn->fd, .events = POLLIN};

	return conn->usable && poll(&p, 1, 0) == 0;
}

void vbc_conn_await(struct vbc_conn *conn, size_t n)
{
	conn->ends_us = vbc_now_us() + 2 * (int64_t)conn->http->silence_ms * 1000;
	vbc_conn_moved(conn, n);
}

void vbc_conn_moved(struct vbc_conn *conn, size_t n)
{
	conn->silent_us = vbc_now_us() + (int64_t)conn->http->silence_ms * 1000;
	conn->ends_us += (int64_t)n * 1000 / BYTES_MS;
}

static int64_t conn_patience_ends_ms(const struct vbc_conn *conn)
{
	return (conn->silent_us < conn->ends_us ? conn->silent_us : conn->ends_us) / 1000;
}

/* Also where bytes keep coming: the caller is asked now and then, and both deadlines hold. */
static int conn_check_patience(struct vbc_conn *conn, const struct vbc_http_wait *wait,
			       struct vbc_error *err)
{
	int64_t now = vbc_now_ms();

	if (conn_is_cancelled(conn, wait, now))
		return vbc_fail(err, VBC_E_CANCELLED, "cancelled");
	if (wait->deadline_ms && now >= wait->deadline_ms)
		return vbc_fail(err, VBC_E_TIMEOUT, "not done within the time allowed");
	if (now >= conn_patience_ends_ms(conn))
		return vbc_fail(err, VBC_E_TIMEOUT,
				conn->silent_us <= conn->ends_us
					? "%s did not answer in time"
					: "%s is too slow: it did not finish its answer in time",
				conn->http->url.text);
	return VBC_OK;
}

int vbc_conn_poll(struct vbc_conn *conn, short events, const struct vbc_http_wait *wait,
		  struct vbc_error *err)
{
	struct pollfd p = {.fd = conn->fd, .events = events};

	for (;;) {
		int64_t now = vbc_now_ms(), left = conn_patience_ends_ms(conn) - now;
		int n, code = conn_check_patience(conn, wait, err);

		if (code)
			return code;
		if (wait->deadline_ms && wait->deadline_ms - now < left)
			left = wait->deadline_ms - now;
		n = poll(&p, 1, conn_poll_slice_ms(conn, left));
		if (n > 0)
			return VBC_OK;
		if (n < 0 && errno != EINTR)
			return vbc_fail(err, VBC_E_CONNECT, "cannot wait for %s: errno %d",
					conn->http->url.text, errno);
	}
}

int vbc_conn_read(struct vbc_conn *conn, const struct vbc_http_wait *wait, size_t *ret_n,
		  struct vbc_error *err)
{
	int code = conn_check_patience(conn, wait, err);

	if (conn->at == conn->end)
		conn->at = conn->end = 0;
	while (!code) {
		CURLcode rc = curl_easy_recv(conn->curl, conn->input + conn->end,
					     sizeof(conn->input) - conn->end, ret_n);

		if (rc == CURLE_OK) {
			conn->end += *ret_n;
			conn->unanswered = false;
			vbc_conn_moved(conn, 0);
			return VBC_OK;
		}
		if (rc != CURLE_AGAIN)
			return conn_fail_broken(conn, err);
		code = vbc_conn_poll(conn, POLLIN, wait, err);
	}
	return code;
}
