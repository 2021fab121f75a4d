/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The registry of endpoints, and what happens to them at fork(): no mutex is held by a thread that
 * does not exist in the child, and the child starts with connections and a session of its own.
 */
#include "vbox/endpoint.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "http/url.h"
#include "vbox/cache.h"

#define CONNECT_TIMEOUT_MS 10000
#define CALL_TIMEOUT_MS    60000
#define DEFAULT_URL        "http://127.0.0.1:18083"

static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct vbc_endpoint *registry;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void endpoint_before_fork(void)
{
	pthread_mutex_lock(&registry_mutex);
	for (struct vbc_endpoint *c = registry; c; c = c->next) {
		pthread_mutex_lock(&c->mutex);
		vbc_http_fork_lock(c->http);
	}
}

static void endpoint_after_fork(void)
{
	for (struct vbc_endpoint *c = registry; c; c = c->next) {
		vbc_http_fork_unlock(c->http);
		pthread_mutex_unlock(&c->mutex);
	}
	pthread_mutex_unlock(&registry_mutex);
}

static void endpoint_watch_forks(void)
{
	pthread_atfork(endpoint_before_fork, endpoint_after_fork, endpoint_after_fork);
}

static void secret_wipe_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void vbc_endpoint_free(struct vbc_endpoint *endpoint)
{
	vbc_websession_free(endpoint->session);
	vbc_http_free(endpoint->http);
	pthread_mutex_destroy(&endpoint->mutex);
	pthread_cond_destroy(&endpoint->changed);
	free(endpoint->user);
	secret_wipe_free(endpoint->password);
	secret_wipe_free(endpoint->key);
	free(endpoint);
}

void vbc_websession_free(struct vbc_websession *ws)
{
	if (!ws)
		return;
	if (ws->kept)
		ws->kept_free(ws->kept);
	vbc_cache_free(ws->cache);
	free(ws->vbox);
	free(ws->version_text);
	free(ws);
}

static void endpoint_init_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

/* Takes `key` over. */
static int endpoint_new(const struct vbc_host_opts *opts, char *key, struct vbc_endpoint **ret,
			struct vbc_error *err)
{
	const struct vbc_http_opts http = {
		.url = opts->url ? opts->url : DEFAULT_URL,
		.ca_file = opts->ca_file,
		.fingerprint = opts->fingerprint,
		.connect_timeout_ms =
			opts->connect_timeout_ms ? opts->connect_timeout_ms : CONNECT_TIMEOUT_MS,
		.silence_ms = opts->call_timeout_ms ? opts->call_timeout_ms : CALL_TIMEOUT_MS,
	};
	struct vbc_endpoint *endpoint = calloc(1, sizeof(*endpoint));
	int code;

	if (!endpoint) {
		secret_wipe_free(key);
		return vbc_fail_nomem(err);
	}
	pthread_mutex_init(&endpoint->mutex, NULL);
	endpoint_init_cond(&endpoint->changed);
	endpoint->key = key;
	endpoint->pid = getpid();
	endpoint->handles = 1;
	endpoint->user = strdup(opts->user ? opts->user : "");
	endpoint->password = strdup(opts->password ? opts->password : "");
	code = endpoint->user && endpoint->password ? vbc_http_new(&http, &endpoint->http, err)
						    : vbc_fail_nomem(err);
	if (code) {
		vbc_endpoint_free(endpoint);
		return code;
	}
	*ret = endpoint;
	return VBC_OK;
}

/*
 * A file by its path and by what is there now: other certificates in a file of that name are not
 * those that this host's was verified against.
 */
static void endpoint_key_add_file(struct vbc_buf *key, const char *path)
{
	struct stat is = {0};

	if (stat(path, &is))
		memset(&is, 0, sizeof(is));
	vbc_buf_printf(key, "%zu:%s%ju,%ju,%jd,%jd.%ld:", strlen(path), path, (uintmax_t)is.st_dev,
		       (uintmax_t)is.st_ino, (intmax_t)is.st_size, (intmax_t)is.st_mtim.tv_sec,
		       is.st_mtim.tv_nsec);
}

/* All that makes two handles equal, in one string. printf() would leave copies of the password. */
static char *endpoint_key(const struct vbc_host_opts *opts, const char *url)
{
	const char *user = opts->user ? opts->user : "";
	const char *pin = opts->fingerprint ? opts->fingerprint : "";
	struct vbc_buf key;

	vbc_buf_init(&key, SIZE_MAX - 1);
	key.secret = true;
	vbc_buf_printf(&key, "%zu:%s%zu:%s%zu:%s%u,%u:", strlen(url), url, strlen(user), user,
		       strlen(pin), pin, opts->connect_timeout_ms, opts->call_timeout_ms);
	endpoint_key_add_file(&key, opts->ca_file ? opts->ca_file : "");
	vbc_buf_puts(&key, opts->password ? opts->password : "");
	if (key.failed)
		vbc_buf_done(&key);
	return key.data;
}

int vbc_endpoint_get(const struct vbc_host_opts *opts, struct vbc_endpoint **ret,
		     struct vbc_error *err)
{
	struct vbc_url url;
	struct vbc_endpoint *endpoint;
	int code = vbc_url_parse(opts->url ? opts->url : DEFAULT_URL, &url, err);
	char *key;

	if (code)
		return code;
	key = endpoint_key(opts, url.text);
	vbc_url_done(&url);
	if (!key)
		return vbc_fail_nomem(err);
	pthread_once(&fork_once, endpoint_watch_forks);
	pthread_mutex_lock(&registry_mutex);
	for (endpoint = registry; endpoint && !streq(endpoint->key, key); endpoint = endpoint->next)
		;
	if (endpoint) {
		endpoint->handles++;
		secret_wipe_free(key);
	} else {
		code = endpoint_new(opts, key, &endpoint, err);
		if (!code) {
			endpoint->next = registry;
			registry = endpoint;
		}
	}
	pthread_mutex_unlock(&registry_mutex);
	if (!code)
		*ret = endpoint;
	return code;
}

/* With the registry's mutex held. */
static void endpoint_unlink(struct vbc_endpoint *endpoint)
{
	struct vbc_endpoint **at = &registry;

	while (*at != endpoint)
		at = &(*at)->next;
	*at = endpoint->next;
}

/* Whether it is worth keeping, and will be ended by exit(). */
static bool endpoint_may_stay(struct vbc_endpoint *endpoint)
{
	bool may;

	pthread_mutex_lock(&endpoint->mutex);
	may = endpoint->session && endpoint->pid == getpid() && !endpoint->inherited;
	pthread_mutex_unlock(&endpoint->mutex);
	return may;
}

void vbc_endpoint_leave(struct vbc_endpoint *endpoint, bool at_once, bool *ret_last, bool *ret_left)
{
	bool last;

	pthread_mutex_lock(&registry_mutex);
	last = --endpoint->handles == 0;
	*ret_left = last && !at_once && endpoint_may_stay(endpoint);
	*ret_last = last && !*ret_left;
	if (*ret_left)
		endpoint->left_ms = vbc_now_ms();
	if (*ret_last)
		endpoint_unlink(endpoint);
	pthread_mutex_unlock(&registry_mutex);
}

struct vbc_endpoint *vbc_endpoint_take_left(int64_t before_ms)
{
	struct vbc_endpoint *left;

	pthread_mutex_lock(&registry_mutex);
	left = registry;
	while (left && (left->handles || left->left_ms >= before_ms))
		left = left->next;
	if (left)
		endpoint_unlink(left);
	pthread_mutex_unlock(&registry_mutex);
	return left;
}

static bool endpoint_is_among(const struct vbc_running *running, int64_t number)
{
	while (running && running->number != number)
		running = running->next;
	return running;
}

bool vbc_endpoint_is_running(int64_t number)
{
	bool found = false;

	pthread_mutex_lock(&registry_mutex);
	for (struct vbc_endpoint *c = registry; c && !found; c = c->next) {
		pthread_mutex_lock(&c->mutex);
		/* Of our parent's we have copies only. */
		found = c->pid == getpid() && endpoint_is_among(c->running, number);
		pthread_mutex_unlock(&c->mutex);
	}
	pthread_mutex_unlock(&registry_mutex);
	return found;
}

void vbc_endpoint_check_fork(struct vbc_endpoint *endpoint)
{
	pthread_mutex_lock(&endpoint->mutex);
	if (endpoint->pid != getpid()) {
		endpoint->pid = getpid();
		endpoint->inherited = true;
		/* Our parent's threads may still be counted as its users: leave it to leak. */
		endpoint->session = NULL;
		endpoint->running = NULL;
		endpoint->logging_on = false;
		endpoint_init_cond(&endpoint->changed);
		vbc_http_abandon(endpoint->http);
	}
	pthread_mutex_unlock(&endpoint->mutex);
}
