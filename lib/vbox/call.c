/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One call: check and encode, send, receive, decode, explain what went wrong. A reading call whose
 * connection broke is made once more on a new one; a changing call is never sent twice unless no
 * byte of it had left.
 */
#include "call.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fault.h"
#include "str.h"

static int wait_tick(void *data)
{
	struct vbc_op *op = data;

	/* That its time is over the connection finds out by itself. */
	return vbc_op_tick(op) == VBC_E_CANCELLED;
}

/* A changing call under way is waited for, whatever the caller's patience: what it did must be
 * known. The host's silence still ends it. */
struct vbc_http_wait vbc_call_patience(struct vbc_op *op, bool read)
{
	struct vbc_http_wait wait = {0};

	if (read && !op->undoing) {
		wait.deadline_ms = op->deadline_ms;
		wait.tick = wait_tick;
		wait.data = op;
	}
	return wait;
}

static void drop_connection(struct vbc_op *op)
{
	vbc_http_give_back(op->host->core->http, op->conn);
	op->conn = NULL;
}

/* Whether the call may be made again after an attempt that broke. */
static bool may_repeat(int code, bool read, bool begun)
{
	return code == VBC_E_CONNECT && (read || !begun);
}

static int exchange(struct vbc_op *op, const struct vbc_method *m, struct vbc_error *err)
{
	struct vbc_http *http = op->host->core->http;
	bool read = m->flags & VBC_METHOD_READ;
	struct vbc_http_wait wait = vbc_call_patience(op, read);
	bool begun = false;
	int code;

	if (op->conn && !vbc_http_usable(op->conn))
		drop_connection(op);
	if (!op->conn) {
		code = vbc_http_lease(http, &wait, &op->conn, err);
		if (code)
			return code;
	}
	code = vbc_http_send(op->conn, op->request.data, op->request.len, &wait, &begun, err);
	if (begun && !read)
		op->wrote = true;
	if (!code)
		code = vbc_http_recv(op->conn, &op->reply, &op->http_status, &wait, err);
	if (code)
		drop_connection(op);
	return may_repeat(code, read, begun) ? VBC_CALL_REPEAT : code;
}

static int exchange_patiently(struct vbc_op *op, const struct vbc_method *m)
{
	for (int attempt = 0;; attempt++) {
		struct vbc_error err = {0};
		int code = exchange(op, m, &err);

		if (code == VBC_CALL_REPEAT && attempt == 0)
			continue;
		if (code && !op->error.code)
			op->error = err;
		return code == VBC_CALL_REPEAT ? VBC_E_CONNECT : code;
	}
}

static void trace(const struct vbc_op *op, const struct vbc_method *m, int64_t began_us, int code)
{
	if (op->host->log)
		vbc_op_log(op, 2, "%s %.2f ms%s%s", m->name,
			   (double)(vbc_now_us() - began_us) / 1000, code ? " " : "",
			   code ? vbc_code_name(code) : "");
}

int vbc_call_decode(struct vbc_op *op, const struct vbc_method *m, const struct vbc_buf *reply,
		    void *const *out)
{
	struct vbc_fault fault = {0};
	int code = vbc_soap_decode(reply->data, reply->len, m, op->version, &op->arena, out, &fault,
				   &op->error);

	if (code == VBC_E_PROTOCOL) {
		op->error.http = op->http_status;
		vbc_error_prefix(&op->error, code, "%s", vbc_http_url(op->host->core->http));
	}
	if (!code && fault.kind != VBC_FAULT_NONE)
		code = vbc_fault_explain(op, m, &fault);
	return code;
}

int vbc_call(struct vbc_op *op, enum vbc_method_id id, vbc_ref self, const union vbc_in *in,
	     void *const *out)
{
	const struct vbc_method *m = &vbc_methods[id];
	int64_t began_us = vbc_now_us();
	bool had_error = op->error.code != 0;
	int code;

	vbc_op_keep(op);
	code = vbc_soap_encode(&op->request, m, op->version, self.s, in, &op->error);
	if (!code) {
		op->calls++;
		code = exchange_patiently(op, m);
	}
	if (!code)
		code = vbc_call_decode(op, m, &op->reply, out);
	if (code && !had_error && !op->error.call[0])
		snprintf(op->error.call, sizeof(op->error.call), "%s", m->name);
	trace(op, m, began_us, code);
	return code;
}
