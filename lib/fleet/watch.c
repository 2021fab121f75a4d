/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Watching all hosts: a thread for each, and one stream of what they tell.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/given.h"
#include "base/wait.h"
#include "fleet/fleet.h"

#define TICK_MS      200
#define PAUSE_MS     1000 /* before a host that was never reached is tried anew, twice as long */
#define PAUSE_MAX_MS 16000

struct fleet_watch {
	struct vbc_fleet *fleet;
	int (*tell)(void *data, const struct vbc_fleet_event *event);
	void *data;
	pthread_mutex_t telling; /* one event at a time */
	pthread_mutex_t mutex;   /* of what follows     */
	pthread_cond_t changed;
	size_t n_begun;      /* hosts that have been watched                    */
	size_t n_failed;     /* that could not be when they were first asked    */
	size_t n_over;       /* whose thread has ended                          */
	atomic_bool ended;   /* nothing is told any more                        */
	unsigned cancelled;  /* of the fleet, when it began                     */
	int64_t deadline_ms; /* 0: none                                         */
};

/* One host in it. */
struct watched {
	struct fleet_watch *watch;
	const struct vbc_member *member;
	size_t number;
	bool begun, failed;
	pthread_t thread;
};

static void fleet_watch_end(struct fleet_watch *w)
{
	pthread_mutex_lock(&w->mutex);
	atomic_store(&w->ended, true);
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->mutex);
}

/* Counts something in *n. */
static void fleet_watch_count(struct fleet_watch *w, size_t *n)
{
	pthread_mutex_lock(&w->mutex);
	++*n;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->mutex);
}

static int watched_tick(void *data, const struct vbc_progress *progress)
{
	const struct watched *one = data;

	(void)progress;
	return atomic_load(&one->watch->ended);
}

static int watched_pass_on(const struct watched *one, const struct vbc_event *event,
			   const struct vbc_error *error)
{
	struct fleet_watch *w = one->watch;
	const struct vbc_fleet_event told = {
		.host = one->member->name, .number = one->number, .event = event, .error = error};

	pthread_mutex_lock(&w->telling);
	if (!atomic_load(&w->ended) && w->tell(w->data, &told))
		fleet_watch_end(w);
	pthread_mutex_unlock(&w->telling);
	return atomic_load(&w->ended);
}

static int watched_tell(void *data, const struct vbc_event *event)
{
	struct watched *one = data;

	if (!one->begun)
		fleet_watch_count(one->watch, &one->watch->n_begun);
	one->begun = true;
	return watched_pass_on(one, event, NULL);
}

/* Told once: that it is reached later is told by what it tells then. */
static void watched_fail(struct watched *one, const struct vbc_error *error)
{
	if (one->failed || one->begun || atomic_load(&one->watch->ended))
		return;
	one->failed = true;
	watched_pass_on(one, NULL, error);
	fleet_watch_count(one->watch, &one->watch->n_failed);
}

/* What passes; a password that was refused is not sent again and again. */
static bool watched_may_pass(int code)
{
	return code == VBC_E_CONNECT || code == VBC_E_TIMEOUT || code == VBC_E_PROTOCOL ||
	       code == VBC_E_FAULT || code == VBC_E_STALE;
}

/* Returns false when the watch has ended meanwhile. */
static bool watched_pause(const struct watched *one, unsigned ms)
{
	for (unsigned past = 0; past < ms && !atomic_load(&one->watch->ended); past += TICK_MS)
		vbc_sleep_ms(TICK_MS);
	return !atomic_load(&one->watch->ended);
}

static unsigned watched_limit(unsigned own_ms, unsigned fleet_ms)
{
	return own_ms && own_ms < fleet_ms ? own_ms : fleet_ms;
}

static void *watched_work(void *arg)
{
	struct watched *one = arg;
	const struct vbc_wait wait = {.tick = watched_tick, .data = one};
	struct vbc_host_opts opts = one->member->opts;
	struct vbc_host *host = NULL;
	struct vbc_error error = {0};
	unsigned pause_ms = PAUSE_MS, limit_ms = one->watch->fleet->timeout_ms;
	int code;

	/* One that is silent is found out as soon as in a list. */
	opts.connect_timeout_ms = watched_limit(opts.connect_timeout_ms, limit_ms);
	opts.call_timeout_ms = watched_limit(opts.call_timeout_ms, limit_ms);
	code = vbc_host_open(&opts, &host, &error);
	while (!code) {
		error = (struct vbc_error){0};
		code = vbc_watch(host, watched_tell, one, &wait, &error);
		if (code)
			watched_fail(one, &error);
		if (!watched_may_pass(code) || !watched_pause(one, pause_ms))
			break;
		pause_ms = pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
		code = VBC_OK;
	}
	vbc_host_close(host);
	fleet_watch_count(one->watch, &one->watch->n_over);
	return NULL;
}

/* Threads have the signal mask of the one that makes them. */
static size_t watched_start(struct watched *v, size_t n)
{
	sigset_t all, was;
	size_t started = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	while (started < n && !pthread_create(&v[started].thread, NULL, watched_work, &v[started]))
		started++;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return started;
}

/* How far it is, at one time. */
struct standing {
	size_t n_begun, n_failed, n_over;
};

/* Why there is nothing to wait for; VBC_OK: there is. */
static int fleet_watch_judge(const struct fleet_watch *w, const struct standing *now,
			     const struct vbc_wait *wait, struct vbc_error *err)
{
	const struct vbc_progress none = {.what = ""};
	size_t n = w->fleet->n;

	if (!now->n_begun && now->n_failed == n)
		return vbc_fail(err, VBC_E_CONNECT, "none of %zu host%s could be watched", n,
				n == 1 ? "" : "s");
	if (now->n_over == n)
		return vbc_fail(err, VBC_E_CONNECT, "none of %zu host%s is watched any more", n,
				n == 1 ? "" : "s");
	if (atomic_load(&w->fleet->cancelled) != w->cancelled ||
	    (wait && wait->tick && wait->tick(wait->data, &none)))
		return vbc_fail(err, VBC_E_CANCELLED, "cancelled");
	if (w->deadline_ms && vbc_now_ms() >= w->deadline_ms)
		return vbc_fail(err, VBC_E_TIMEOUT, "not done within the time allowed");
	return VBC_OK;
}

/* Until something has changed, or for a moment. */
static struct standing fleet_watch_rest(struct fleet_watch *w)
{
	struct timespec until;
	struct standing now;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&w->mutex);
	if (!atomic_load(&w->ended))
		pthread_cond_timedwait(&w->changed, &w->mutex, &until);
	now = (struct standing){w->n_begun, w->n_failed, w->n_over};
	pthread_mutex_unlock(&w->mutex);
	return now;
}

static int fleet_watch_run(struct fleet_watch *w, struct watched *v, const struct vbc_wait *wait,
			   struct vbc_error *err)
{
	size_t n = w->fleet->n, started = watched_start(v, n);
	struct standing now = {0};
	int code = started < n ? vbc_fail_nomem(err) : VBC_OK;

	while (!code && !atomic_load(&w->ended)) {
		code = fleet_watch_judge(w, &now, wait, err);
		if (!code)
			now = fleet_watch_rest(w);
	}
	fleet_watch_end(w);
	while (started)
		pthread_join(v[--started].thread, NULL);
	return code;
}

static void fleet_watch_begin(struct fleet_watch *w, const struct vbc_wait *wait)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_mutex_init(&w->telling, NULL);
	w->cancelled = atomic_load(&w->fleet->cancelled);
	w->deadline_ms = vbc_wait_deadline(wait);
}

static void fleet_watch_done(struct fleet_watch *w)
{
	pthread_mutex_destroy(&w->telling);
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->changed);
}

int vbc_fleet_watch(struct vbc_fleet *fleet,
		    int (*tell)(void *data, const struct vbc_fleet_event *event), void *data,
		    const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, fleet))
		return VBC_E_ARG;
	if (!tell)
		return vbc_fail(err, VBC_E_ARG, "'tell' must not be NULL");

	struct fleet_watch w = {.fleet = fleet, .tell = tell, .data = data};
	struct watched *v VBC_FREE = calloc(fleet->n, sizeof(*v));
	int code;

	if (!v)
		return vbc_fail_nomem(err);
	for (size_t i = 0; i < fleet->n; i++)
		v[i] = (struct watched){.watch = &w, .member = &fleet->members[i], .number = i};
	fleet_watch_begin(&w, wait);
	code = fleet_watch_run(&w, v, wait, err);
	fleet_watch_done(&w);
	return code;
}
