/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One web session serves all operations of a host in this process. One thread logs on, the others
 * wait for it. A session that has made many references is replaced by a fresh one, so that the
 * host can forget them.
 */
#include "vbox/websession.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "vbox/aside.h"
#include "vbox/cache.h"

#define CALLS_MAX 100000 /* then a new session */
#define STEP_MS   500

uint32_t vbc_version_parse(const char *text)
{
	unsigned major = 0, minor = 0, micro = 0;

	if (text[0] < '0' || text[0] > '9' ||
	    sscanf(text, "%3u.%2u.%2u", &major, &minor, &micro) < 2)
		return 0;
	return major * 10000 + minor * 100 + micro;
}

/* A refused log-on is a fault without a word, and so is one on a host whose VBoxSVC has died. */
static int websession_explain_refusal(struct vbc_op *op)
{
	const struct vbc_endpoint *endpoint = op->host->endpoint;
	const char *url = vbc_http_url(endpoint->http);

	if (op->error.code != VBC_E_FAULT || op->error.text[0])
		return op->error.code;
	op->error = (struct vbc_error){.http = op->error.http};
	if (endpoint->knew_password)
		return vbc_fail(
			&op->error, VBC_E_CONNECT,
			"the VirtualBox service of %s is broken: it refuses a log-on that it "
			"accepted before; restart vboxwebsrv and VBoxSVC there",
			url);
	return vbc_fail(
		&op->error, VBC_E_AUTH,
		"%s refused the log-on of user '%s': wrong user or password (a host whose "
		"VBoxSVC has died refuses everybody; restarting vboxwebsrv there cures that)",
		url, endpoint->user);
}

static void websession_report_newer(struct vbc_op *op, const struct vbc_websession *ws)
{
	struct vbc_endpoint *endpoint = op->host->endpoint;
	bool tell;

	pthread_mutex_lock(&endpoint->mutex);
	tell = ws->version > VBC_NEWEST_KNOWN && !endpoint->told_newer;
	endpoint->told_newer = endpoint->told_newer || tell;
	pthread_mutex_unlock(&endpoint->mutex);
	if (tell)
		vbc_op_log(op, 0,
			   "VirtualBox %s is newer than this program knows; it is treated as "
			   "the newest known",
			   ws->version_text);
}

static int websession_log_on(struct vbc_op *op, struct vbc_websession **ret)
{
	const struct vbc_endpoint *endpoint = op->host->endpoint;
	struct vbc_websession *ws = calloc(1, sizeof(*ws));
	const char *version = "";
	vbc_ref vbox = {NULL};
	int code;

	if (!ws)
		return vbc_fail_nomem(&op->error);
	op->version = UINT32_MAX; /* these calls are the same in all releases */
	code = vbc_IWebsessionManager_logon(op, endpoint->user, endpoint->password, &vbox);
	if (code)
		code = websession_explain_refusal(op);
	if (!code && vbc_ref_is_null(vbox))
		code = vbc_fail(
			&op->error, VBC_E_CONNECT,
			"the VirtualBox service of %s is broken: it accepts the log-on but has "
			"no VirtualBox; restart vboxwebsrv and VBoxSVC there",
			vbc_http_url(endpoint->http));
	if (!code)
		code = vbc_IVirtualBox_getVersion(op, vbox, &version);
	if (!code) {
		ws->vbox = strdup(vbox.s);
		ws->version_text = strdup(version);
		ws->version = vbc_version_parse(version);
		if (!ws->vbox || !ws->version_text)
			code = vbc_fail_nomem(&op->error);
	}
	if (code) {
		vbc_websession_free(ws);
		return code;
	}
	*ret = ws;
	return VBC_OK;
}

/*
 * A number for an operation, unique in this process. Numbers start at the current time, as exec()
 * lets a process begin anew.
 */
static int64_t websession_next_number(void)
{
	static atomic_int_fast64_t last_number;
	int_fast64_t none = 0;

	atomic_compare_exchange_strong(&last_number, &none, vbc_now_us());
	return atomic_fetch_add(&last_number, 1) + 1;
}

/* With the mutex held. */
static void websession_adopt(struct vbc_op *op, struct vbc_websession *ws)
{
	struct vbc_endpoint *endpoint = op->host->endpoint;

	op->running =
		(struct vbc_running){.next = endpoint->running, .number = websession_next_number()};
	endpoint->running = &op->running;
	ws->users++;
	op->session = ws;
	op->vbox = (vbc_ref){ws->vbox};
	op->version = ws->version;
}

/* One step of waiting for another thread's log-on, with the mutex held. */
static void websession_await_log_on(struct vbc_endpoint *endpoint)
{
	int64_t until_ms = vbc_now_ms() + STEP_MS;
	const struct timespec until = {.tv_sec = until_ms / 1000,
				       .tv_nsec = (long)(until_ms % 1000) * 1000000};

	pthread_cond_timedwait(&endpoint->changed, &endpoint->mutex, &until);
}

/*
 * Gives the operation the session there is, or makes *ret_mine true: the caller is to log on.
 * Who has waited for a log-on that failed has failed with it: a host that does not answer must
 * not be waited for by one thread after the other.
 */
static int websession_take_or_log_on(struct vbc_op *op, bool *ret_mine)
{
	struct vbc_endpoint *endpoint = op->host->endpoint;
	unsigned refusals;
	int code = VBC_OK;

	pthread_mutex_lock(&endpoint->mutex);
	refusals = endpoint->refusals;
	while (!code && endpoint->logging_on) {
		websession_await_log_on(endpoint);
		pthread_mutex_unlock(&endpoint->mutex);
		code = vbc_op_tick(op);
		pthread_mutex_lock(&endpoint->mutex);
	}
	if (!code && endpoint->session) {
		websession_adopt(op, endpoint->session);
	} else if (!code && endpoint->refusals != refusals) {
		op->error = endpoint->refusal;
		code = endpoint->refusal.code;
	} else if (!code) {
		*ret_mine = endpoint->logging_on = true;
	}
	pthread_mutex_unlock(&endpoint->mutex);
	return code;
}

/* What one caller's impatience ended is not a refusal of others. */
static bool websession_is_refusal(const struct vbc_op *op, int code)
{
	return code && code != VBC_E_CANCELLED && !(code == VBC_E_TIMEOUT && op->over_ms);
}

int vbc_websession_take(struct vbc_op *op)
{
	struct vbc_endpoint *endpoint = op->host->endpoint;
	struct vbc_websession *ws = NULL;
	bool mine = false;
	int code;

	vbc_endpoint_check_fork(endpoint);
	code = websession_take_or_log_on(op, &mine);
	if (code || !mine)
		return code;
	code = websession_log_on(op, &ws);
	pthread_mutex_lock(&endpoint->mutex);
	endpoint->logging_on = false;
	if (websession_is_refusal(op, code)) {
		endpoint->refusals++;
		endpoint->refusal = op->error;
	}
	if (ws) {
		endpoint->knew_password = true;
		endpoint->session = ws;
		websession_adopt(op, ws);
	}
	pthread_cond_broadcast(&endpoint->changed);
	pthread_mutex_unlock(&endpoint->mutex);
	if (ws)
		websession_report_newer(op, ws);
	return code;
}

static void websession_log_off(struct vbc_op *op, struct vbc_websession *ws)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (!ws->lost && !ws->spared)
		vbc_IWebsessionManager_logoff(op, (vbc_ref){ws->vbox});
	vbc_websession_free(ws);
}

/* With the mutex held. It is not there any more where a fork() came between. */
static void websession_strike_off(struct vbc_endpoint *endpoint, const struct vbc_running *running)
{
	struct vbc_running **at = &endpoint->running;

	while (*at && *at != running)
		at = &(*at)->next;
	if (*at)
		*at = running->next;
}

void vbc_websession_give_back(struct vbc_op *op, bool lost)
{
	struct vbc_endpoint *endpoint = op->host->endpoint;
	struct vbc_websession *ws = op->session;
	bool last;

	if (!ws)
		return;
	op->session = NULL;
	pthread_mutex_lock(&endpoint->mutex);
	websession_strike_off(endpoint, &op->running);
	ws->calls += op->calls;
	ws->lost = ws->lost || lost;
	if (lost || ws->calls > CALLS_MAX)
		ws->retired = true;
	if (ws->retired && endpoint->session == ws)
		endpoint->session = NULL;
	ws->users--;
	last = ws->retired && ws->users == 0;
	pthread_mutex_unlock(&endpoint->mutex);
	if (last)
		websession_log_off(op, ws);
}

void vbc_websession_end(struct vbc_host *host, int64_t deadline_ms)
{
	struct vbc_endpoint *endpoint = host->endpoint;
	struct vbc_op op = {.host = host, .version = UINT32_MAX};
	struct vbc_websession *ws;

	vbc_endpoint_check_fork(endpoint);
	pthread_mutex_lock(&endpoint->mutex);
	ws = endpoint->session;
	endpoint->session = NULL;
	pthread_mutex_unlock(&endpoint->mutex);
	if (!ws)
		return;
	vbc_op_init_buffers(&op);
	op.over_ms = vbc_now_ms(); /* nobody waits for it: it has a moment, see call.c */
	op.undoing = true;
	ws->lost = ws->lost || vbc_now_ms() >= deadline_ms;
	websession_log_off(&op, ws);
	vbc_op_done(&op);
}

void vbc_websession_spare(struct vbc_op *op)
{
	pthread_mutex_t *mutex = &op->host->endpoint->mutex;

	pthread_mutex_lock(mutex);
	op->session->spared = true;
	pthread_mutex_unlock(mutex);
}

void *vbc_websession_keep(struct vbc_op *op, void *(*make)(void), void (*free_it)(void *kept))
{
	pthread_mutex_t *mutex = &op->host->endpoint->mutex;
	struct vbc_websession *ws = op->session;
	void *kept;

	pthread_mutex_lock(mutex);
	if (!ws->kept) {
		ws->kept = make();
		ws->kept_free = free_it;
	}
	kept = ws->kept;
	pthread_mutex_unlock(mutex);
	return kept;
}

void vbc_websession_forget(struct vbc_op *op)
{
	pthread_mutex_t *mutex = &op->host->endpoint->mutex;

	pthread_mutex_lock(mutex);
	vbc_cache_forget(op->session->cache);
	pthread_mutex_unlock(mutex);
}

int vbc_websession_lives(struct vbc_op *op, vbc_ref vbox, bool *ret)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool explaining = op->explaining;
	const char *version = "";
	int code;

	op->explaining = true;
	code = vbc_IVirtualBox_getVersion(op, vbox, &version);
	op->explaining = explaining;
	if (!code || code == VBC_E_STALE)
		*ret = !code;
	return vbc_aside_forgive(&aside, code, VBC_CODE(VBC_E_STALE));
}
