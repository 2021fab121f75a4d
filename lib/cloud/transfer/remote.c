/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A checksum counts for the bytes that were used: they are added to it as they are read in a row,
 * from the first one on.
 */
#include "transfer/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "base/str.h"
#include "fetch/fetch.h"
#include "fetch/link.h"
#include "transfer/packed.h"
#include "transfer/spool.h"
#include "transfer/stream.h"

#define STEP      1048576u
#define MOMENT_MS 250
#define AGAIN_MAX 3

struct vbc_remote {
	struct vbc_reader reader; /* the first: see remote_of() */
	struct vbc_remote_opts opts;
	struct vbc_link link; /* of a URL; else its url is NULL */
	struct vbc_fetch *fetch;
	struct vbc_spool spool;
	struct vbc_sum want;
	struct vbc_checksum *made; /* of the first `summed` bytes; NULL: no sum is wanted */
	uint64_t summed, done;
	bool whole; /* all of them are in it, and it stays */
};

bool vbc_remote_is(const char *file)
{
	return streq(file, "-") || vbc_link_is(file);
}

/* There are no other readers of what it makes. */
static struct vbc_remote *remote_of(struct vbc_reader *reader)
{
	return (struct vbc_remote *)(void *)reader;
}

static uint64_t remote_get_size(const struct vbc_remote *r)
{
	return r->fetch ? vbc_fetch_size(r->fetch) : VBC_FETCH_UNKNOWN;
}

static int remote_tick(void *data)
{
	const struct vbc_remote *r = data;
	const struct vbc_looking *l = r->opts.looking;
	uint64_t size = remote_get_size(r);

	return l ? l->tick(l->data, r->done, size == VBC_FETCH_UNKNOWN ? r->done : size) : VBC_OK;
}

static int remote_tick_or_stop(const struct vbc_remote *r, struct vbc_error *err)
{
	int code = remote_tick((void *)(uintptr_t)r);

	return code ? vbc_fail(err, code, "stopped") : VBC_OK;
}

/* Begins the sum anew. */
static int remote_clear_sum(struct vbc_remote *r, struct vbc_error *err)
{
	vbc_checksum_free(vbc_steal(r->made));
	r->summed = 0;
	r->whole = false;
	if (!r->want.algorithm[0])
		return VBC_OK;
	r->made = vbc_checksum_new_as(r->want.algorithm);
	return r->made ? VBC_OK : vbc_fail_nomem(err);
}

static int remote_add_to_sum(struct vbc_remote *r, uint64_t at, const void *data, size_t n,
			     struct vbc_error *err)
{
	int code = VBC_OK;

	if (!r->made || r->whole)
		return VBC_OK;
	if (at == 0 && r->summed)
		code = remote_clear_sum(r, err);
	if (code || at != r->summed)
		return code;
	r->summed += n;
	r->whole = r->summed == remote_get_size(r);
	return vbc_checksum_add(r->made, data, n) ? VBC_OK : vbc_fail_nomem(err);
}

static int remote_read(struct vbc_reader *reader, uint64_t at, void *to, size_t n, size_t *ret_n,
		       struct vbc_error *err)
{
	struct vbc_remote *r = remote_of(reader);
	bool again;
	int code = vbc_fetch_read(r->fetch, at, to, n, ret_n, &again, err);

	return code ? code : remote_add_to_sum(r, at, to, *ret_n, err);
}

/* It outlives its stream. */
static void remote_close_reader(struct vbc_reader *reader)
{
	(void)reader;
}

int vbc_remote_new(const char *file, const struct vbc_remote_opts *opts, struct vbc_remote **ret,
		   struct vbc_error *err)
{
	struct vbc_remote *r = calloc(1, sizeof(*r));
	int code = VBC_OK;

	if (!r)
		return vbc_fail_nomem(err);
	r->reader = (struct vbc_reader){remote_read, remote_close_reader};
	r->spool.fd = -1;
	r->opts = *opts;
	if (!streq(file, "-"))
		code = vbc_link_parse(file, &r->link, err);
	if (code)
		vbc_remote_close(r);
	else
		*ret = r;
	return code;
}

void vbc_remote_close(struct vbc_remote *r)
{
	if (!r)
		return;
	vbc_fetch_close(r->fetch);
	vbc_spool_close(&r->spool);
	vbc_link_done(&r->link);
	vbc_checksum_free(r->made);
	free(r);
}

const char *vbc_remote_shown(const struct vbc_remote *r)
{
	return r->link.url ? r->link.shown : "standard input";
}

const char *vbc_remote_name(const struct vbc_remote *r)
{
	return r->link.url ? r->link.name : "";
}

int vbc_remote_begin(struct vbc_remote *r, const struct vbc_sum *want, struct vbc_error *err)
{
	const struct vbc_fetch_opts opts = {.max_bytes = r->opts.max_bytes,
					    .limit_hint = VBC_HINT_FETCH_LIMIT,
					    .tick = remote_tick,
					    .data = r};
	int code;

	r->want = *want;
	code = remote_clear_sum(r, err);
	if (!code && !r->link.url && isatty(STDIN_FILENO))
		code = vbc_fail(err, VBC_E_ARG,
				"standard input is a terminal, not a file or a pipe with an image");
	if (code || !r->link.url)
		return code;
	vbc_fetch_close(vbc_steal(r->fetch)); /* of a run before this one */
	return vbc_fetch_open(r->link.url, &opts, &r->fetch, err);
}

const char *vbc_remote_obstacle(const struct vbc_remote *r)
{
	if (!r->fetch)
		return "it can be read only once";
	if (!vbc_fetch_has_ranges(r->fetch))
		return "its server cannot send parts of files";
	return NULL;
}

int vbc_remote_stream(struct vbc_remote *r, struct vbc_stream *ret, struct vbc_error *err)
{
	const struct vbc_piece piece = {
		.fd = -1, .size_bytes = vbc_fetch_size(r->fetch), .reader = &r->reader};

	return vbc_stream_add(ret, &piece, err);
}

int vbc_remote_rewind(struct vbc_remote *r, struct vbc_error *err)
{
	return r->spool.folder ? VBC_OK : remote_clear_sum(r, err);
}

int vbc_remote_check(const struct vbc_remote *r, struct vbc_error *err)
{
	const char *packed = r->fetch ? vbc_fetch_encoding(r->fetch) : "";
	int code;

	if (!r->made)
		return VBC_OK;
	code = vbc_sum_check(&r->want, r->made, vbc_remote_shown(r), err);
	if (code && packed[0])
		return vbc_error_prefix(err, code,
					"the server sent it in the encoding %s, although it was "
					"asked for the file as it is",
					packed);
	return code;
}

static int remote_keep_bytes(struct vbc_remote *r, const void *data, size_t n,
			     struct vbc_error *err)
{
	int code;

	if (r->spool.size_bytes + n > r->opts.max_bytes)
		return vbc_fail_hint(err, VBC_E_ARG, VBC_HINT_FETCH_LIMIT,
				     "'%s' is larger than %" PRIu64 " bytes, the limit",
				     vbc_remote_shown(r), r->opts.max_bytes);
	if (r->made && !vbc_checksum_add(r->made, data, n))
		return vbc_fail_nomem(err);
	code = vbc_spool_add(&r->spool, data, n, err);
	r->done = r->spool.size_bytes;
	return code ? code : remote_tick_or_stop(r, err);
}

/* A server that gives no parts is read from the start again when it breaks off. */
static int remote_start_over(struct vbc_remote *r, unsigned *times, struct vbc_error *err)
{
	int code;

	if (++*times > AGAIN_MAX)
		return vbc_fail(err, VBC_E_FETCH,
				"cannot fetch '%s': the connection broke %d times, and the server "
				"cannot send the rest of a file",
				vbc_remote_shown(r), AGAIN_MAX + 1);
	code = vbc_spool_empty(&r->spool, err);
	return code ? code : remote_clear_sum(r, err);
}

static int remote_spool_fetched(struct vbc_remote *r, unsigned char *data, struct vbc_error *err)
{
	unsigned times = 0;
	size_t n = STEP;
	int code = VBC_OK;

	while (!code && n == STEP) {
		struct vbc_error why = {0};
		bool again = false;

		code = vbc_fetch_read(r->fetch, r->spool.size_bytes, data, STEP, &n, &again, &why);
		if (!code)
			code = remote_keep_bytes(r, data, n, err);
		else if (again)
			code = remote_start_over(r, &times, err);
		else if (!err->code)
			*err = why;
		n = again ? STEP : n;
	}
	return code;
}

/* Waits for it, so that a person can stop that. */
static int remote_await_input(const struct vbc_remote *r, struct vbc_error *err)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	int n = 0, code = VBC_OK;

	while (!code && n <= 0) {
		n = poll(&p, 1, MOMENT_MS);
		if (n < 0 && errno != EINTR)
			return vbc_fail(err, VBC_E_ARG, "cannot read standard input: %s",
					strerror(errno));
		code = remote_tick_or_stop(r, err);
	}
	return code;
}

static int remote_spool_input(struct vbc_remote *r, unsigned char *data, struct vbc_error *err)
{
	int code = VBC_OK;

	while (!code) {
		ssize_t n;

		code = remote_await_input(r, err);
		if (code)
			break;
		n = read(STDIN_FILENO, data, STEP);
		if (n == 0)
			break;
		if (n > 0)
			code = remote_keep_bytes(r, data, (size_t)n, err);
		else if (errno != EINTR && errno != EAGAIN)
			code = vbc_fail(err, VBC_E_ARG, "cannot read standard input: %s",
					strerror(errno));
	}
	return code;
}

/* The stream closes a file of its own. */
static int remote_take_spool(struct vbc_remote *r, struct vbc_stream *ret, struct vbc_error *err)
{
	struct vbc_piece piece = {.fd = fcntl(r->spool.fd, F_DUPFD_CLOEXEC, 0),
				  .size_bytes = r->spool.size_bytes};

	if (piece.fd < 0)
		return vbc_fail(err, VBC_E_NOMEM, "too many files are open");
	return vbc_stream_add(ret, &piece, err);
}

int vbc_remote_make_room(struct vbc_remote *r, const char **ret_folder, struct vbc_error *err)
{
	int code = r->spool.folder ? VBC_OK : vbc_spool_open(&r->spool, err);

	if (!code)
		*ret_folder = r->spool.folder;
	return code;
}

int vbc_remote_spool(struct vbc_remote *r, struct vbc_stream *ret, struct vbc_error *err)
{
	unsigned char *VBC_FREE data = malloc(STEP);
	int code = data ? VBC_OK : vbc_fail_nomem(err);

	if (!code)
		code = vbc_spool_empty(&r->spool, err);
	if (!code)
		code = remote_clear_sum(r, err);
	if (!code)
		code = r->fetch ? remote_spool_fetched(r, data, err)
				: remote_spool_input(r, data, err);
	if (!code)
		code = vbc_remote_check(r, err);
	r->done = 0;
	return code ? code : remote_take_spool(r, ret, err);
}
