/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The registry of cores, and what happens to them at fork(): no mutex is held by a thread that
 * does not exist in the child, and the child starts with connections and a session of its own.
 */
#include "vbox/core.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "http/url.h"
#include "vbox/cache.h"

#define CONNECT_TIMEOUT_MS 10000
#define CALL_TIMEOUT_MS 60000
#define DEFAULT_URL "http://127.0.0.1:18083"

static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct vbc_core *registry;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void before_fork(void)
{
	pthread_mutex_lock(&registry_mutex);
	for (struct vbc_core *c = registry; c; c = c->next) {
		pthread_mutex_lock(&c->mutex);
		vbc_http_fork_lock(c->http);
	}
}

static void after_fork(void)
{
	for (struct vbc_core *c = registry; c; c = c->next) {
		vbc_http_fork_unlock(c->http);
		pthread_mutex_unlock(&c->mutex);
	}
	pthread_mutex_unlock(&registry_mutex);
}

static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, after_fork);
}

static void wipe_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void vbc_core_free(struct vbc_core *core)
{
	vbc_websession_free(core->session);
	vbc_http_free(core->http);
	pthread_mutex_destroy(&core->mutex);
	pthread_cond_destroy(&core->changed);
	free(core->user);
	wipe_free(core->password);
	wipe_free(core->key);
	free(core);
}

void vbc_websession_free(struct vbc_websession *ws)
{
	if (!ws)
		return;
	vbc_cache_free(ws->cache);
	free(ws->vbox);
	free(ws->version_text);
	free(ws);
}

static void cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

/* Takes `key` over. */
static int core_new(const struct vbc_host_opts *opts, char *key, struct vbc_core **ret,
		    struct vbc_error *err)
{
	const struct vbc_http_opts http = {
		.url = opts->url ? opts->url : DEFAULT_URL,
		.ca_file = opts->ca_file,
		.connect_timeout_ms = opts->connect_timeout_ms ? opts->connect_timeout_ms
							       : CONNECT_TIMEOUT_MS,
		.silence_ms = opts->call_timeout_ms ? opts->call_timeout_ms : CALL_TIMEOUT_MS,
	};
	struct vbc_core *core = calloc(1, sizeof(*core));
	int code;

	if (!core) {
		wipe_free(key);
		return vbc_fail_nomem(err);
	}
	pthread_mutex_init(&core->mutex, NULL);
	cond_init(&core->changed);
	core->key = key;
	core->pid = getpid();
	core->handles = 1;
	core->user = strdup(opts->user ? opts->user : "");
	core->password = strdup(opts->password ? opts->password : "");
	code = core->user && core->password ? vbc_http_new(&http, &core->http, err)
					    : vbc_fail_nomem(err);
	if (code) {
		vbc_core_free(core);
		return code;
	}
	*ret = core;
	return VBC_OK;
}

/* All that makes two handles equal, in one string. printf() would leave copies of the password. */
static char *core_key(const struct vbc_host_opts *opts, const char *url)
{
	const char *user = opts->user ? opts->user : "", *ca = opts->ca_file ? opts->ca_file : "";
	struct vbc_buf key;

	vbc_buf_init(&key, SIZE_MAX - 1);
	key.secret = true;
	vbc_buf_printf(&key, "%zu:%s%zu:%s%zu:%s%u,%u:", strlen(url), url, strlen(user), user,
		       strlen(ca), ca, opts->connect_timeout_ms, opts->call_timeout_ms);
	vbc_buf_puts(&key, opts->password ? opts->password : "");
	if (key.failed)
		vbc_buf_done(&key);
	return key.data;
}

int vbc_core_get(const struct vbc_host_opts *opts, struct vbc_core **ret, struct vbc_error *err)
{
	struct vbc_url url;
	struct vbc_core *core;
	int code = vbc_url_parse(opts->url ? opts->url : DEFAULT_URL, &url, err);
	char *key;

	if (code)
		return code;
	key = core_key(opts, url.text);
	vbc_url_done(&url);
	if (!key)
		return vbc_fail_nomem(err);
	pthread_once(&fork_once, watch_forks);
	pthread_mutex_lock(&registry_mutex);
	for (core = registry; core && !streq(core->key, key); core = core->next)
		;
	if (core) {
		core->handles++;
		wipe_free(key);
	} else {
		code = core_new(opts, key, &core, err);
		if (!code) {
			core->next = registry;
			registry = core;
		}
	}
	pthread_mutex_unlock(&registry_mutex);
	if (!code)
		*ret = core;
	return code;
}

bool vbc_core_leave(struct vbc_core *core)
{
	struct vbc_core **at = &registry;
	bool last;

	pthread_mutex_lock(&registry_mutex);
	last = --core->handles == 0;
	if (last) {
		while (*at != core)
			at = &(*at)->next;
		*at = core->next;
	}
	pthread_mutex_unlock(&registry_mutex);
	return last;
}

static bool is_among(const struct vbc_running *running, int64_t number)
{
	while (running && running->number != number)
		running = running->next;
	return running;
}

bool vbc_core_is_running(int64_t number)
{
	bool found = false;

	pthread_mutex_lock(&registry_mutex);
	for (struct vbc_core *c = registry; c && !found; c = c->next) {
		pthread_mutex_lock(&c->mutex);
		/* Of our parent's we have copies only. */
		found = c->pid == getpid() && is_among(c->running, number);
		pthread_mutex_unlock(&c->mutex);
	}
	pthread_mutex_unlock(&registry_mutex);
	return found;
}

void vbc_core_check_fork(struct vbc_core *core)
{
	pthread_mutex_lock(&core->mutex);
	if (core->pid != getpid()) {
		core->pid = getpid();
		/* Our parent's threads may still be counted as its users: leave it to leak. */
		core->session = NULL;
		core->running = NULL;
		core->logging_on = false;
		cond_init(&core->changed);
		vbc_http_abandon(core->http);
	}
	pthread_mutex_unlock(&core->mutex);
}
