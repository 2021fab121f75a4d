/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the reader of HTTP answers. An input is what a server sends, after a byte that says in
 * pieces of what size it comes, and with which end. It is built as fuzz-soap-decode.c is.
 */
#include <stdlib.h>
#include <string.h>

#include "http/conn.h"
#include "http/http.h"

/* The linker hands this call of lib/http to us, see meson.build. */
int __wrap_vbc_conn_read(struct vbc_conn *conn, const struct vbc_http_wait *wait, size_t *ret_n,
			 struct vbc_error *err);

static const unsigned char *next;
static size_t left, piece;
static bool breaks;

static volatile size_t seen;

int __wrap_vbc_conn_read(struct vbc_conn *conn, const struct vbc_http_wait *wait, size_t *ret_n,
			 struct vbc_error *err)
{
	size_t n = left < piece ? left : piece;

	(void)wait;
	if (conn->at != conn->end) /* the rest would be lost */
		abort();
	if (!n && breaks)
		return vbc_fail(err, VBC_E_CONNECT, "the connection broke");
	memcpy(conn->input, next, n);
	conn->at = 0;
	conn->end = n;
	next += n;
	left -= n;
	*ret_n = n;
	return VBC_OK;
}

/* One answer after the other, as long as the connection may carry another one. */
static void read_answers(struct vbc_conn *conn)
{
	struct vbc_buf VBC_BUF reply;
	int code = VBC_OK;

	vbc_buf_init(&reply, 65536);
	conn->usable = true;
	while (!code && conn->usable) {
		struct vbc_error err = {0};
		int status = -1;

		conn->usable = false;
		code = vbc_http_recv(conn, &reply, &status, NULL, &err);
		if (code != err.code || (code != 0) != (err.text[0] != '\0'))
			abort();
		if (!code && status < 200)
			abort();
		for (size_t i = 0; !code && i < reply.len; i++)
			seen += (unsigned char)reply.data[i];
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char text[] = "http://h:18083/";
	struct vbc_http http = {.url = {.text = text}};
	static struct vbc_conn conn;

	if (!size)
		return 0;
	breaks = data[0] & 0x80;
	piece = data[0] & 0x7f;
	piece = piece ? piece : sizeof(conn.input);
	next = data + 1;
	left = size - 1;
	conn.http = &http;
	conn.at = conn.end = 0;
	read_answers(&conn);
	return 0;
}

#include "replay.h"
