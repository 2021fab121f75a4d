/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Watching. It is a row of operations, each of which hears a few events and gives back the memory
 * that took, so that a watch can go on for months. The listener outlives them, as long as the web
 * session does.
 */
#include <vboxcloud/watch.h>

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/given.h"
#include "base/wait.h"
#include "vbox/events.h"
#include "vbox/run.h"
#include "watch/event.h"

#define STEP_MS    1000 /* the host is waited for at a time      */
#define EVENTS_MAX 100  /* in one operation                      */
#define PAUSE_MS   1000 /* before a host that went is tried anew */

struct watch {
	int (*tell)(void *data, const struct vbc_event *event);
	void *data;
	struct vbc_events events;
	bool ended; /* `tell` has heard enough */
	bool begun; /* the host has been watched already */
	bool gone;  /* the host is away, and that has been logged */
};

static int64_t watch_utc_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct vbc_event event_make_empty(void)
{
	return (struct vbc_event){.time_ms = watch_utc_ms(),
				  .id = "",
				  .node = "",
				  .machine_state = "",
				  .medium_kind = "",
				  .key = ""};
}

static void watch_pass_on(struct watch *w, const struct vbc_event *event)
{
	if (event->type && !w->ended)
		w->ended = w->tell(w->data, event) != 0;
}

/* A second, or what is left. */
static int watch_wait_ms(const struct vbc_op *op)
{
	int64_t left_ms = op->deadline_ms ? op->deadline_ms - vbc_now_ms() : STEP_MS;

	return left_ms >= STEP_MS ? STEP_MS : left_ms > 0 ? (int)left_ms : 0;
}

static void watch_tell_begun(struct vbc_op *op, struct watch *w)
{
	struct vbc_event event = event_make_empty();

	if (w->begun)
		vbc_op_log(op, 0, "watching again; what happened in the meantime is unknown");
	w->begun = true;
	w->gone = false;
	event.type = VBC_EVENT_TYPE_WATCHING;
	watch_pass_on(w, &event);
}

static int watch_hear_one(struct vbc_op *op, struct watch *w, bool *ret_more)
{
	struct vbc_event event = event_make_empty();
	enum vbc_VBoxEventType type = VBC_VBoxEventType_Invalid;
	vbc_ref ref = {NULL};
	int code = vbc_events_next(op, &w->events, watch_wait_ms(op), &ref, &type);

	/* The listener was there all the time, but what a call took that had no answer is lost. */
	if (!code && w->gone)
		watch_tell_begun(op, w);
	*ret_more = !vbc_ref_is_null(ref);
	if (code || !*ret_more)
		return code;
	event.time_ms = watch_utc_ms();
	code = vbc_event_read(op, ref, type, &event);
	vbc_op_release(op, ref);
	if (!code)
		watch_pass_on(w, &event);
	return code;
}

static int watch_hear_body(struct vbc_op *op, void *arg)
{
	struct watch *w = arg;
	bool more = true, is_new = false;
	int code = vbc_event_open(op, &w->events, &is_new);

	if (!code && is_new)
		watch_tell_begun(op, w);
	for (int i = 0; !code && more && !w->ended && i < EVENTS_MAX; i++) {
		code = vbc_op_tick(op);
		if (!code)
			code = watch_hear_one(op, w, &more);
	}
	return code;
}

static int watch_close_body(struct vbc_op *op, void *arg)
{
	struct watch *w = arg;

	op->undoing = true;
	op->over_ms = vbc_now_ms(); /* nobody waits for it: it has a moment */
	vbc_events_close(op, &w->events);
	return VBC_OK;
}

/* What a host that has been watched may be waited for after. */
static bool watch_may_pass(int code)
{
	return code != VBC_E_CANCELLED && code != VBC_E_NOMEM && code != VBC_E_ARG &&
	       code != VBC_E_TLS;
}

static void watch_log_gone(const struct vbc_host *host, struct watch *w,
			   const struct vbc_error *err)
{
	char line[1024];

	if (!w->gone && host->log) {
		snprintf(line, sizeof(line), "the watch was interrupted: %s", err->text);
		host->log(host->log_data, 0, line);
	}
	w->gone = true;
}

static int watch_pause_for_host(struct vbc_host *host, const struct vbc_wait *wait,
				int64_t deadline_ms, struct vbc_error *err)
{
	struct vbc_op op = {.host = host, .wait = wait, .deadline_ms = deadline_ms};
	int code = vbc_op_sleep(&op, PAUSE_MS);

	if (code)
		*err = op.error;
	return code;
}

static int watch_run_until_ended(struct vbc_host *host, struct watch *w,
				 const struct vbc_wait *wait, struct vbc_error *err)
{
	int64_t deadline_ms = vbc_wait_deadline(wait);
	int code;

	do {
		struct vbc_wait rest = vbc_wait_rest(wait, deadline_ms);

		*err = (struct vbc_error){0};
		code = vbc_op_run(host, &rest, err, watch_hear_body, w);
		if (w->ended)
			return VBC_OK;
		/* An operation that begins when the time is over may hear once more, and end well.
		 */
		if (!code && deadline_ms && vbc_now_ms() >= deadline_ms)
			code = vbc_fail(err, VBC_E_TIMEOUT, "not done within the time allowed");
		if (code && w->begun && watch_may_pass(code) &&
		    (!deadline_ms || vbc_now_ms() < deadline_ms)) {
			watch_log_gone(host, w, err);
			*err = (struct vbc_error){0};
			code = watch_pause_for_host(host, wait, deadline_ms, err);
		}
	} while (!code);
	return code;
}

int vbc_watch(struct vbc_host *host, int (*tell)(void *data, const struct vbc_event *event),
	      void *data, const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host))
		return VBC_E_ARG;
	if (!tell)
		return vbc_fail(err, VBC_E_ARG, "'tell' must not be NULL");

	/* In a web session that is yet to begin there is nothing to close. */
	const struct vbc_wait at_once = {.timeout_ms = 1};
	struct watch w = {.tell = tell, .data = data};
	struct vbc_error error = {0};
	int code = watch_run_until_ended(host, &w, wait, &error);

	if (!w.gone && w.events.session)
		vbc_op_run(host, &at_once, NULL, watch_close_body, &w);
	vbc_events_forget(&w.events);
	if (code && err && !err->code)
		*err = error;
	return code;
}
