/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pool: the server's address, and its idle connections.
 */
#include "http/http.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "http/conn.h"
#include "http/curl-start.h"

#define IDLE_MAX 8
#define IDLE_MS  45000 /* vboxwebsrv closes after 60 s */

static bool http_is_secure(const struct vbc_http *http)
{
	return vbc_starts_with(http->url.text, "https:");
}

static int http_take_fingerprint(struct vbc_http *http, const char *text, struct vbc_error *err)
{
	if (!text || !*text)
		return VBC_OK;
	if (!http_is_secure(http))
		return vbc_fail(
			err, VBC_E_ARG,
			"%s has no certificate to compare with a fingerprint: that needs https",
			http->url.text);
	http->pinned = true;
	return vbc_fingerprint_parse(text, &http->fingerprint, err);
}

int vbc_http_new(const struct vbc_http_opts *opts, struct vbc_http **ret, struct vbc_error *err)
{
	struct vbc_http *http = calloc(1, sizeof(*http));
	int code;

	vbc_curl_start();
	if (!http)
		return vbc_fail_nomem(err);
	pthread_mutex_init(&http->mutex, NULL);
	http->connect_timeout_ms = opts->connect_timeout_ms;
	http->silence_ms = opts->silence_ms;
	code = vbc_url_parse(opts->url, &http->url, err);
	if (!code && opts->ca_file && *opts->ca_file && !(http->ca_file = strdup(opts->ca_file)))
		code = vbc_fail_nomem(err);
	if (!code)
		code = http_take_fingerprint(http, opts->fingerprint, err);
	if (code) {
		vbc_http_free(http);
		return code;
	}
	*ret = http;
	return VBC_OK;
}

void vbc_http_free(struct vbc_http *http)
{
	if (!http)
		return;
	while (http->idle) {
		struct vbc_conn *c = http->idle;

		http->idle = c->next;
		vbc_conn_close(c);
	}
	pthread_mutex_destroy(&http->mutex);
	vbc_url_done(&http->url);
	free(http->ca_file);
	free(http);
}

const char *vbc_http_url(const struct vbc_http *http)
{
	return http->url.text;
}

int vbc_http_certificate(struct vbc_http *http, const struct vbc_http_wait *wait, char **ret_pem,
			 struct vbc_error *err)
{
	if (!http_is_secure(http))
		return vbc_fail(err, VBC_E_ARG, "%s has no certificate: that needs https",
				http->url.text);
	return vbc_conn_certificate(http, wait, ret_pem, err);
}

int vbc_http_try(struct vbc_http *http, const struct vbc_http_wait *wait, struct vbc_error *err)
{
	struct vbc_conn *conn = NULL;
	int code = vbc_conn_open(http, wait, &conn, err);

	vbc_conn_close(conn);
	return code;
}

static struct vbc_conn *http_take_idle(struct vbc_http *http)
{
	struct vbc_conn *c;

	pthread_mutex_lock(&http->mutex);
	c = http->idle;
	if (c) {
		http->idle = c->next;
		http->idle_count--;
	}
	pthread_mutex_unlock(&http->mutex);
	return c;
}

int vbc_http_lease(struct vbc_http *http, const struct vbc_http_wait *wait,
		   struct vbc_conn **ret_conn, struct vbc_error *err)
{
	struct vbc_conn *c;

	while ((c = http_take_idle(http))) {
		if (vbc_now_ms() - c->idle_since_ms < IDLE_MS && vbc_conn_alive(c)) {
			*ret_conn = c;
			return VBC_OK;
		}
		vbc_conn_close(c);
	}
	return vbc_conn_open(http, wait, ret_conn, err);
}

void vbc_http_give_back(struct vbc_http *http, struct vbc_conn *conn)
{
	bool kept = false;

	if (!conn)
		return;
	if (conn->usable) {
		conn->idle_since_ms = vbc_now_ms();
		pthread_mutex_lock(&http->mutex);
		kept = http->idle_count < IDLE_MAX;
		if (kept) {
			conn->next = http->idle;
			http->idle = conn;
			http->idle_count++;
		}
		pthread_mutex_unlock(&http->mutex);
	}
	if (!kept)
		vbc_conn_close(conn);
}

bool vbc_http_usable(const struct vbc_conn *conn)
{
	return conn->usable;
}

bool vbc_http_is_new(const struct vbc_conn *conn)
{
	return conn->unanswered;
}

void vbc_http_fork_lock(struct vbc_http *http)
{
	pthread_mutex_lock(&http->mutex);
}

void vbc_http_fork_unlock(struct vbc_http *http)
{
	pthread_mutex_unlock(&http->mutex);
}

void vbc_http_abandon(struct vbc_http *http)
{
	struct vbc_conn *c;

	while ((c = http_take_idle(http)))
		vbc_conn_abandon(c);
}
