/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Requests and answers of HTTP/1.1, as far as one POST after the other needs them.
 */
#include <poll.h>
#include <stdio.h>
#include <strings.h>

#include "base/str.h"
#include "http/conn.h"
#include "http/http.h"

#define LINE_MAX_BYTES   4096
#define HEADER_LINES_MAX 100
#define INTERIM_MAX      10 /* answers that only say that one is coming */
#define WIPE_BYTES       65536

struct answer {
	int status;
	bool chunked, close;
	bool has_length;
	uint64_t length;
};

/* One long format would cost more time than the rest of sending. */
static void message_add_head(struct vbc_buf *out, const struct vbc_http *http, size_t n)
{
	vbc_buf_puts(out, "POST ");
	vbc_buf_puts(out, http->url.path);
	vbc_buf_puts(out, " HTTP/1.1\r\nHost: ");
	vbc_buf_puts(out, http->url.authority);
	vbc_buf_puts(out, "\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\n"
			  "Content-Length: ");
	vbc_buf_printf(out, "%zu", n);
	vbc_buf_puts(out, "\r\n\r\n");
}

/* Everything of one request goes in as few writes as possible: a second small packet would wake
 * the server twice. */
int vbc_http_send(struct vbc_conn *conn, const char *body, size_t n,
		  const struct vbc_http_wait *wait, bool *ret_begun, struct vbc_error *err)
{
	struct vbc_buf VBC_BUF out;
	int code = VBC_OK;

	vbc_conn_await(conn, n);
	*ret_begun = false;
	conn->usable = false; /* until its answer has been read */
	vbc_buf_init(&out, SIZE_MAX / 2);
	out.secret = n < WIPE_BYTES; /* it may be the log-on with its password */
	vbc_buf_reserve(&out, n + 300);
	message_add_head(&out, conn->http, n);
	vbc_buf_add(&out, body, n);
	if (out.failed)
		return vbc_fail_nomem(err);
	for (size_t at = 0, sent = 0; !code && at < out.len; at += sent) {
		code = vbc_conn_write(conn, out.data + at, out.len - at, &sent, err);
		if (sent) {
			*ret_begun = true;
			vbc_conn_moved(conn, 0);
		} else if (!code) {
			code = vbc_conn_poll(conn, POLLOUT, wait, err);
		}
	}
	return code;
}

/* One line without its end. An answer's first bytes tell whether it is HTTP at all. */
static int message_read_line(struct vbc_conn *c, char *line, size_t size,
			     const struct vbc_http_wait *wait, struct vbc_error *err)
{
	bool silent = c->unanswered && !c->tls; /* as who waits for TLS is */
	size_t n = 0;

	for (;;) {
		const char *from = c->input + c->at;
		const char *end = memchr(from, '\n', c->end - c->at);
		size_t piece = end ? (size_t)(end - from) : c->end - c->at, got = 0;
		int code;

		if (n + piece >= size)
			return vbc_fail(err, VBC_E_PROTOCOL, "the server at %s does not speak HTTP",
					c->http->url.text);
		memcpy(line + n, from, piece);
		n += piece;
		c->at += piece + (end ? 1 : 0);
		if (end) {
			line[n && line[n - 1] == '\r' ? n - 1 : n] = '\0';
			return VBC_OK;
		}
		code = vbc_conn_read(c, wait, &got, err);
		if (code)
			return code;
		if (got == 0 && n == 0)
			return vbc_fail(err, VBC_E_CONNECT,
					"%s closed the connection without an answer%s",
					c->http->url.text, silent ? "; does it want https?" : "");
		if (got == 0)
			return vbc_fail(err, VBC_E_PROTOCOL, "the server at %s does not speak HTTP",
					c->http->url.text);
	}
}

static int message_fail_broken(const struct vbc_conn *c, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_PROTOCOL, "the answer from %s is malformed HTTP",
			c->http->url.text);
}

/* Two that differ tell two answers apart differently: which one is meant nobody knows. */
static bool message_take_length(struct answer *a, const char *value)
{
	bool had_length = a->has_length;
	uint64_t before = a->length;

	a->has_length = vbc_parse_u64(value, UINT64_MAX, &a->length);
	return a->has_length && (!had_length || a->length == before);
}

/* False when it makes no sense. */
static bool message_take_header(struct answer *a, char *line)
{
	char *value = strchr(line, ':'), *end = line + strlen(line);

	if (!value)
		return true;
	*value++ = '\0';
	value += strspn(value, " \t");
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	if (strcasecmp(line, "Content-Length") == 0)
		return message_take_length(a, value);
	if (strcasecmp(line, "Transfer-Encoding") == 0)
		return a->chunked = strcasecmp(value, "chunked") == 0; /* no other was asked for */
	if (strcasecmp(line, "Connection") == 0)
		a->close = strcasestr(value, "close") != NULL;
	return true;
}

static int message_read_headers(struct vbc_conn *c, struct answer *a,
				const struct vbc_http_wait *wait, struct vbc_error *err)
{
	char line[LINE_MAX_BYTES];

	for (int i = 0; i < HEADER_LINES_MAX; i++) {
		int code = message_read_line(c, line, sizeof(line), wait, err);

		if (code || !line[0])
			return code;
		if (!message_take_header(a, line))
			return message_fail_broken(c, err);
	}
	return vbc_fail(err, VBC_E_PROTOCOL, "the answer from %s has too many header lines",
			c->http->url.text);
}

/* HTTP/1.x and three digits. */
static bool message_parse_status(const char *line, int *ret)
{
	const char *digits = line + 9;
	char number[4] = "";
	uint64_t status = 0;

	if (!vbc_starts_with(line, "HTTP/1.") || strlen(line) < 12 || line[8] != ' ' ||
	    strspn(digits, "0123456789") != 3)
		return false;
	memcpy(number, digits, 3);
	if (!vbc_parse_u64(number, 999, &status) || status < 100)
		return false;
	*ret = (int)status;
	return true;
}

static int message_read_head(struct vbc_conn *c, struct answer *a, const struct vbc_http_wait *wait,
			     struct vbc_error *err)
{
	char line[LINE_MAX_BYTES];
	int code = message_read_line(c, line, sizeof(line), wait, err);

	if (code)
		return code;
	if (!message_parse_status(line, &a->status))
		return vbc_fail(err, VBC_E_PROTOCOL, "the server at %s does not speak HTTP",
				c->http->url.text);
	a->close = vbc_starts_with(line, "HTTP/1.0");
	return message_read_headers(c, a, wait, err);
}

static int message_fail_too_big(const struct vbc_conn *c, const struct vbc_buf *reply,
				struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_PROTOCOL, "the answer from %s is larger than %zu bytes",
			c->http->url.text, reply->max);
}

/* Moves `left` bytes, or all until the stream ends where there is no length. */
static int message_read_bytes(struct vbc_conn *c, struct vbc_buf *reply, uint64_t left,
			      bool until_end, const struct vbc_http_wait *wait,
			      struct vbc_error *err)
{
	while (left || until_end) {
		size_t n = c->end - c->at, got = 0;
		int code;

		if (!until_end && n > left)
			n = (size_t)left;
		vbc_buf_add(reply, c->input + c->at, n);
		if (reply->failed)
			return message_fail_too_big(c, reply, err);
		vbc_conn_moved(c, n);
		c->at += n;
		left -= until_end ? 0 : n;
		if (!left && !until_end)
			break;
		code = vbc_conn_read(c, wait, &got, err);
		if (code)
			return code;
		if (got == 0)
			return until_end ? VBC_OK
					 : vbc_fail(err, VBC_E_CONNECT,
						    "%s closed the connection in the middle of its "
						    "answer",
						    c->http->url.text);
	}
	return VBC_OK;
}

static bool message_parse_chunk_size(const char *line, uint64_t *ret)
{
	size_t n = strspn(line, "0123456789abcdefABCDEF");

	if (n == 0 || n > 15 || !strchr("; \t", line[n]))
		return false;
	*ret = strtoull(line, NULL, 16);
	return true;
}

static int message_read_chunks(struct vbc_conn *c, struct vbc_buf *reply,
			       const struct vbc_http_wait *wait, struct vbc_error *err)
{
	struct answer trailers = {0};
	char line[LINE_MAX_BYTES];

	for (;;) {
		uint64_t size;
		int code = message_read_line(c, line, sizeof(line), wait, err);

		if (code)
			return code;
		if (!message_parse_chunk_size(line, &size))
			return message_fail_broken(c, err);
		if (size == 0)
			return message_read_headers(c, &trailers, wait, err);
		code = message_read_bytes(c, reply, size, false, wait, err);
		if (!code)
			code = message_read_line(c, line, sizeof(line), wait, err);
		if (code)
			return code;
		if (line[0])
			return message_fail_broken(c, err);
	}
}

static int message_read_answer(struct vbc_conn *c, struct answer *a, struct vbc_buf *reply,
			       const struct vbc_http_wait *wait, struct vbc_error *err)
{
	int code = VBC_OK;

	for (int i = 0; !code && a->status < 200; i++) {
		*a = (struct answer){0};
		code = i < INTERIM_MAX ? message_read_head(c, a, wait, err)
				       : message_fail_broken(c, err);
	}
	if (code)
		return code;
	if (a->status == 204 ||
	    a->status == 304) { /* which have no body, whatever their head says */
		*a = (struct answer){.status = a->status, .close = a->close, .has_length = true};
		return VBC_OK;
	}
	if (a->chunked)
		return message_read_chunks(c, reply, wait, err);
	if (a->has_length && a->length > reply->max)
		return message_fail_too_big(c, reply, err);
	return message_read_bytes(c, reply, a->length, !a->has_length, wait, err);
}

int vbc_http_recv(struct vbc_conn *conn, struct vbc_buf *reply, int *ret_status,
		  const struct vbc_http_wait *wait, struct vbc_error *err)
{
	struct answer a = {0};
	int code;

	vbc_buf_reset(reply);
	vbc_conn_await(conn, 0);
	code = message_read_answer(conn, &a, reply, wait, err);
	if (code)
		return code;
	/* What came unasked behind the answer must not be taken for the next one. */
	conn->usable = !a.close && (a.chunked || a.has_length) && conn->at == conn->end;
	*ret_status = a.status;
	return VBC_OK;
}
