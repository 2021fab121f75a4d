/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Parts of growing size are asked for as long as what is read lies in a row, and a small one where
 * it does not: so that a connection can be used again after a look at some place of the file.
 */
#include "fetch/fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fetch/link.h"
#include "fetch/request.h"
#include "fetch/why.h"

#define PATIENCE_MS   30000
#define AGAIN_MS      500
#define PART_LEAST    65536u
#define PART_MOST     4194304u /* beyond that, all */
#define REDIRECTS_MAX 10

struct vbc_fetch {
	struct vbc_link link;
	struct vbc_fetch_opts opts;
	struct vbc_request request;
	char *url;                /* where redirects have led */
	struct vbc_answer answer; /* the first useful one: what the file is */
	bool known;               /* there is one */
	bool ranges;              /* parts can be asked for, as far as is known */
	uint64_t place;           /* of the next byte that comes */
	uint64_t ends;            /* of the part that comes; VBC_FETCH_UNKNOWN: all */
	uint64_t part;            /* the size of the last part that was asked for */
	uint64_t broke_at;        /* where it broke off last */
	int64_t moved_ms;         /* when something came last */
	bool passing;             /* the last failure may go well another time */
};

static int fetch_tick(const struct vbc_fetch *f, struct vbc_error *err)
{
	int code = f->opts.tick ? f->opts.tick(f->opts.data) : VBC_OK;

	return code ? vbc_fail(err, code, "stopped") : VBC_OK;
}

static int fetch_fail_changed(const struct vbc_fetch *f, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG,
			"'%s' changed on the server while it was read; try again when the server "
			"has the whole new one",
			f->link.shown);
}

static int fetch_check_size(const struct vbc_fetch *f, uint64_t bytes, struct vbc_error *err)
{
	if (!f->opts.max_bytes || bytes == VBC_FETCH_UNKNOWN || bytes <= f->opts.max_bytes)
		return VBC_OK;
	return vbc_fail_hint(err, VBC_E_ARG, f->opts.limit_hint,
			     "'%s' is larger than %" PRIu64 " bytes, the limit", f->link.shown,
			     f->opts.max_bytes);
}

/* Lets the request go on; the server's silence has an end. */
static int fetch_run(struct vbc_fetch *f, struct vbc_error *err)
{
	bool moved = vbc_request_run(&f->request);
	int code = fetch_tick(f, err);

	if (moved)
		f->moved_ms = vbc_now_ms();
	if (code || vbc_now_ms() < f->moved_ms + f->opts.patience_ms || !f->request.running)
		return code;
	vbc_request_stop(&f->request);
	f->passing = true;
	return vbc_fail(err, VBC_E_FETCH, "cannot fetch '%s': the server has been silent for %u s",
			f->link.shown, f->opts.patience_ms / 1000);
}

static int fetch_await_head(struct vbc_fetch *f, struct vbc_error *err)
{
	const struct vbc_request *r = &f->request;
	int code = VBC_OK;

	while (!code && !r->answer.complete && r->running)
		code = fetch_run(f, err);
	if (code || r->answer.complete)
		return code;
	return vbc_fetch_fail_curl(f->link.shown, r->result ? r->result : CURLE_WEIRD_SERVER_REPLY,
				   r->why, &f->passing, err);
}

static bool status_is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int fetch_follow(struct vbc_fetch *f, struct vbc_error *err)
{
	const char *location = f->request.answer.location;
	char *to = location[0] ? vbc_link_resolve(f->url, location) : NULL;
	int code = VBC_OK;

	vbc_request_stop(&f->request);
	if (!to)
		return vbc_fail(err, VBC_E_ARG,
				"cannot fetch '%s': it is redirected, but not to any address",
				f->link.shown);
	if (!vbc_link_same_scheme(f->url, to))
		code = vbc_fail(err, VBC_E_ARG,
				"'%s' is redirected from %.*s: to %.*s:, which is not followed; "
				"fetch it from where it is",
				f->link.shown, (int)strcspn(f->url, ":"), f->url,
				(int)strcspn(to, ":"), to);
	if (code) {
		free(to);
		return code;
	}
	free(f->url);
	f->url = to;
	return VBC_OK;
}

/* The answer to the first request tells what the file is. */
static int fetch_learn(struct vbc_fetch *f, struct vbc_error *err)
{
	const struct vbc_answer *a = &f->request.answer;

	f->ranges = a->status == 206;
	f->answer = *a;
	f->known = true;
	return fetch_check_size(f, a->size, err);
}

/* What came is taken for the file from `at` on, or not at all. */
static int fetch_judge(struct vbc_fetch *f, uint64_t at, struct vbc_error *err)
{
	const struct vbc_answer *a = &f->request.answer;

	if (a->status != 200 && a->status != 206)
		return f->known && a->status == 416
			       ? fetch_fail_changed(f, err)
			       : vbc_fetch_fail_status(f->link.shown, a->status, &f->passing, err);
	if (a->status == 206 && (!a->ranged || a->from != at))
		return vbc_fail(err, VBC_E_ARG,
				"cannot fetch '%s': the server sent a different part of it from "
				"the one requested",
				f->link.shown);
	if (f->known &&
	    (f->ranges != (a->status == 206) || (f->ranges && !vbc_answer_is_same(a, &f->answer))))
		return fetch_fail_changed(f, err);
	f->place = a->status == 206 ? a->from : 0;
	f->ends = a->status == 206 ? a->to : a->size;
	return f->ranges && f->known ? VBC_OK : fetch_learn(f, err);
}

/* Asks for the part at a place, until it comes from somewhere. */
static int fetch_ask_there(struct vbc_fetch *f, const char *range, struct vbc_error *err)
{
	const char *version = f->known ? vbc_answer_version(&f->answer) : NULL;
	int code = VBC_OK;

	for (unsigned i = 0; !code; i++) {
		if (i > REDIRECTS_MAX)
			return vbc_fail(err, VBC_E_ARG,
					"cannot fetch '%s': it is redirected more than %d times",
					f->link.shown, REDIRECTS_MAX);
		f->moved_ms = vbc_now_ms();
		code = vbc_request_begin(&f->request, f->url, range, version, err);
		if (!code)
			code = fetch_await_head(f, err);
		if (code || !status_is_redirect(f->request.answer.status))
			return code;
		code = fetch_follow(f, err);
	}
	return code;
}

static int fetch_back_to_start(struct vbc_fetch *f, struct vbc_error *err)
{
	char *url = strdup(f->link.url);

	if (!url)
		return vbc_fail_nomem(err);
	free(f->url);
	f->url = url;
	return VBC_OK;
}

/* Where a redirect led may be good for a while only, and a server may refuse every range. */
static int fetch_ask_twice(struct vbc_fetch *f, uint64_t at, const char *range,
			   struct vbc_error *err)
{
	bool moved = f->known && strcmp(f->url, f->link.url) != 0;
	int code = fetch_ask_there(f, range, err), status = f->request.answer.status;

	if (!code && moved && status >= 400 && status < 500 && status != 416) {
		code = fetch_back_to_start(f, err);
		if (!code)
			code = fetch_ask_there(f, range, err);
	}
	if (!code && !f->known && range &&
	    (status == 416 || (status == 206 && f->request.answer.size == VBC_FETCH_UNKNOWN)))
		code = fetch_ask_there(f, NULL, err);
	return code ? code : fetch_judge(f, at, err);
}

static int fetch_ask(struct vbc_fetch *f, uint64_t at, size_t n, struct vbc_error *err)
{
	bool goes_on = f->known && at == f->place && at;
	char range[48];

	if (f->known && !f->ranges)
		return fetch_ask_twice(f, at, NULL, err);
	if (!goes_on)
		f->part = PART_LEAST;
	else if (f->part <= PART_MOST)
		f->part *= 8;
	f->part = f->part < n ? n : f->part;
	if (f->part > PART_MOST)
		snprintf(range, sizeof(range), "%" PRIu64 "-", at);
	else
		snprintf(range, sizeof(range), "%" PRIu64 "-%" PRIu64, at, at + f->part - 1);
	return fetch_ask_twice(f, at, range, err);
}

static bool fetch_is_at_end(const struct vbc_fetch *f, uint64_t at)
{
	return f->known && at >= f->answer.size;
}

/* No more comes of what was asked for, as it should be or not. */
static int fetch_take_end(struct vbc_fetch *f, struct vbc_error *err)
{
	struct vbc_request *r = &f->request;

	if (r->result)
		return vbc_fetch_fail_curl(f->link.shown, r->result, r->why, &f->passing, err);
	if (f->ends == VBC_FETCH_UNKNOWN)
		f->answer.size = f->ends = f->place;
	if (f->place >= f->ends)
		return VBC_OK;
	f->passing = true;
	return vbc_fail(err, VBC_E_FETCH,
			"cannot fetch '%s': the connection ended after %" PRIu64 " of %" PRIu64
			" bytes",
			f->link.shown, f->place, f->answer.size);
}

/* Some of the bytes at a place; none: not yet, or the part has ended. */
static int fetch_read_some(struct vbc_fetch *f, uint64_t at, void *to, size_t n, size_t *ret_n,
			   struct vbc_error *err)
{
	struct vbc_request *r = &f->request;
	uint64_t left = f->ends - f->place; /* whatever else comes behind it */
	bool asked = left && (r->running || r->at < r->end);

	if (at && f->known && !f->ranges && f->place != at)
		return vbc_fail(err, VBC_E_ARG, "'%s' can only be read from its beginning",
				f->link.shown);
	if (!asked || f->place != at)
		return fetch_ask(f, at, n, err);
	if (r->at == r->end && r->running) {
		int code = fetch_run(f, err);

		if (code)
			return code;
	}
	*ret_n = vbc_request_take(r, to, left < n ? (size_t)left : n);
	f->place += *ret_n;
	if (!r->running && r->at == r->end) {
		int code = fetch_take_end(f, err);

		if (code)
			return code;
	}
	return fetch_check_size(f, f->place, err);
}

/* Waits before the next attempt, if one can help; but not where much came by the last one. */
static int fetch_wait_again(struct vbc_fetch *f, uint64_t at, int64_t since_ms,
			    const struct vbc_error *why, bool *ret_again, struct vbc_error *err)
{
	bool much = at >= f->broke_at + PART_LEAST;
	int64_t until_ms = vbc_now_ms() + (much ? 0 : AGAIN_MS);
	int code = VBC_OK;

	f->broke_at = at;
	vbc_request_stop(&f->request);
	*ret_again = f->passing && f->known && !f->ranges && at;
	if (!f->passing || !f->known || *ret_again) {
		if (err && !err->code)
			*err = *why;
		return why->code;
	}
	if (vbc_now_ms() >= since_ms + f->opts.patience_ms)
		return vbc_fail(err, why->code, "%s (tried again for %u s)", why->text,
				f->opts.patience_ms / 1000);
	while (!code && vbc_now_ms() < until_ms) {
		vbc_sleep_ms(AGAIN_MS / 5);
		code = fetch_tick(f, err);
	}
	return code;
}

int vbc_fetch_read(struct vbc_fetch *f, uint64_t at, void *to, size_t n, size_t *ret_n,
		   bool *ret_again, struct vbc_error *err)
{
	int64_t since_ms = vbc_now_ms();
	size_t done = 0;

	*ret_again = false;
	f->moved_ms = since_ms; /* what came may have waited for us */
	while (done < n && !fetch_is_at_end(f, at + done)) {
		struct vbc_error why = {0};
		size_t got = 0;
		int code;

		f->passing = false;
		code = fetch_read_some(f, at + done, (char *)to + done, n - done, &got, &why);
		done += got;
		if (got)
			since_ms = vbc_now_ms();
		if (code)
			code = fetch_wait_again(f, at + done, since_ms, &why, ret_again, err);
		if (code)
			return code;
	}
	*ret_n = done;
	return VBC_OK;
}

int vbc_fetch_open(const char *url, const struct vbc_fetch_opts *opts, struct vbc_fetch **ret,
		   struct vbc_error *err)
{
	struct vbc_fetch *f = calloc(1, sizeof(*f));
	int code = f ? vbc_link_parse(url, &f->link, err) : vbc_fail_nomem(err);

	if (!code) {
		f->opts = *opts;
		if (!f->opts.patience_ms)
			f->opts.patience_ms = PATIENCE_MS;
		code = vbc_request_init(&f->request, err);
	}
	if (!code)
		code = fetch_back_to_start(f, err);
	if (!code)
		code = fetch_ask(f, 0, 0, err);
	if (code)
		vbc_fetch_close(f);
	else
		*ret = f;
	return code;
}

void vbc_fetch_close(struct vbc_fetch *f)
{
	if (!f)
		return;
	if (f->request.curl)
		vbc_request_done(&f->request);
	vbc_link_done(&f->link);
	free(f->url);
	free(f);
}

uint64_t vbc_fetch_size(const struct vbc_fetch *f)
{
	return f->answer.size;
}

bool vbc_fetch_has_ranges(const struct vbc_fetch *f)
{
	return f->ranges;
}

const char *vbc_fetch_encoding(const struct vbc_fetch *f)
{
	return f->answer.encoding;
}
