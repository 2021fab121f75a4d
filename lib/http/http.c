/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pool: the server's address, and its idle connections.
 */
#include "http-private.h"

#include <string.h>

#include "clock.h"
#include "str.h"

#define IDLE_MAX 8
#define IDLE_MS 45000 /* vboxwebsrv closes after 60 s */
#define DEFAULT_PORT "18083"

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static char *url_part(CURLU *u, CURLUPart part)
{
	char *value = NULL;

	return curl_url_get(u, part, &value, 0) == CURLUE_OK ? value : NULL;
}

static bool format_addresses(struct vbc_http *http, const char *scheme, const char *name,
			     const char *port)
{
	return asprintf(&http->authority, "%s:%s", name, port) >= 0 &&
	       asprintf(&http->url, "%s://%s:%s%s", scheme, name, port,
			streq(http->path, "/") ? "" : http->path) >= 0;
}

/* The name and the port are what a person types: http://vbox.example, with the port left out. */
static int parse_url(struct vbc_http *http, const char *url, struct vbc_error *err)
{
	CURLU *u = curl_url();
	char *scheme, *name, *port, *path, *user;
	int code = VBC_OK;

	if (!u)
		return vbc_fail_nomem(err);
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
		curl_url_cleanup(u);
		return vbc_fail(err, VBC_E_ARG,
				"'%s' is no URL of a host; it looks like http://NAME:18083",
				strchr(url, '@') ? "..." : url); /* there may be a password */
	}
	scheme = url_part(u, CURLUPART_SCHEME);
	name = url_part(u, CURLUPART_HOST);
	port = url_part(u, CURLUPART_PORT);
	path = url_part(u, CURLUPART_PATH);
	user = url_part(u, CURLUPART_USER);
	if (user)
		code = vbc_fail(err, VBC_E_ARG, "the host's URL must not hold a user or password; "
						"they are given separately");
	else if (!scheme || !name || (!streq(scheme, "http") && !streq(scheme, "https")))
		code = vbc_fail(err, VBC_E_ARG,
				"'%s' cannot be a host: its URL must begin with http:// or https://",
				url);
	else {
		http->path = strdup(path ? path : "/");
		if (!http->path ||
		    !format_addresses(http, scheme, name, port ? port : DEFAULT_PORT))
			code = vbc_fail_nomem(err);
	}
	curl_free(scheme);
	curl_free(name);
	curl_free(port);
	curl_free(path);
	curl_free(user);
	curl_url_cleanup(u);
	return code;
}

int vbc_http_new(const struct vbc_http_opts *opts, struct vbc_http **ret, struct vbc_error *err)
{
	struct vbc_http *http = calloc(1, sizeof(*http));
	int code;

	pthread_once(&curl_once, curl_start);
	if (!http)
		return vbc_fail_nomem(err);
	pthread_mutex_init(&http->mutex, NULL);
	http->connect_timeout_ms = opts->connect_timeout_ms;
	http->silence_ms = opts->silence_ms;
	code = parse_url(http, opts->url, err);
	if (!code && opts->ca_file && !(http->ca_file = strdup(opts->ca_file)))
		code = vbc_fail_nomem(err);
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
	free(http->url);
	free(http->authority);
	free(http->path);
	free(http->ca_file);
	free(http);
}

const char *vbc_http_url(const struct vbc_http *http)
{
	return http->url;
}

static struct vbc_conn *take_idle(struct vbc_http *http)
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

	while ((c = take_idle(http))) {
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

	while ((c = take_idle(http)))
		vbc_conn_abandon(c);
}
