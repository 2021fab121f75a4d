/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One call: check and encode, send, receive, decode, explain what went wrong. A reading call whose
 * connection broke is made once more on a new one; a changing call is never sent twice unless no
 * byte of it had left.
 */
#include "vbox/call.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "vbox/fault.h"
#include "vbox/lease.h"

#define ENDING_MS 1000 /* what a call may take yet when its caller waits no longer */
#define UNDO_MS   1500 /* and each one that cleans up after that, see vbc_op_ends_ms() */

/* What an operation may keep of what it was told; and the room that any answer has. */
#define KEPT_MAX (24u << 20)
#define ROOM_MIN 65536u

/*
 * A call under way when its caller stops waiting has a moment to end by itself: what a host that is
 * well did is known then. After that the host is asked nothing more: what was begun is written down
 * there, and is undone by who comes next. Where nothing was changed there is nothing to know.
 */
static int64_t call_ends_ms(const struct vbc_op *op)
{
	bool was_under_way = op->called_ms < op->over_ms;
	int64_t own = was_under_way ? op->over_ms + ENDING_MS : op->called_ms + UNDO_MS;

	return own < vbc_op_ends_ms(op) ? own : vbc_op_ends_ms(op);
}

static int call_tick_wait(void *data)
{
	struct vbc_op *op = data;

	if (!vbc_op_is_over(op))
		return 0;
	if (!op->wrote && !op->undoing) {
		op->given_up = op->given_up || vbc_now_ms() >= op->called_ms + ENDING_MS;
		return 1;
	}
	op->given_up = op->given_up || vbc_now_ms() >= call_ends_ms(op);
	return op->given_up;
}

/* What may not be repeated, and yet leaves nothing on the host: it is the web session's. */
static bool call_is_harmless(const struct vbc_method *m)
{
	static const enum vbc_method_id harmless[] = {
		VBC_M_IWebsessionManager_getSessionObject,
		VBC_M_IEventSource_createListener,
		VBC_M_IEventSource_registerListener,
		VBC_M_IEventSource_unregisterListener,
		VBC_M_IEventSource_getEvent,
	};

	for (size_t i = 0; i < VBC_COUNT(harmless); i++)
		if (m == &vbc_methods[harmless[i]])
			return true;
	return m->flags & VBC_METHOD_READ;
}

/* Also what asks, of the session of a lock that was not taken: see lock.c. */
static bool call_is_refused(const struct vbc_op *op, const struct vbc_method *m, vbc_ref self)
{
	bool nobody = vbc_ref_is_null(self) && !(m->flags & VBC_METHOD_NO_SELF);

	return op->host->dry_run && (nobody || !call_is_harmless(m));
}

int vbc_call_fail_dry_run(struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_DRY_RUN, "that would change something, and this is a dry run");
}

int vbc_call_check(struct vbc_op *op, const struct vbc_method *m, struct vbc_error *err)
{
	bool optional = m->flags & VBC_METHOD_READ && !op->undoing;

	if (op->host->dry_run && !call_is_harmless(m))
		return vbc_call_fail_dry_run(err);
	op->given_up = op->given_up || (op->over_ms && vbc_now_ms() >= vbc_op_ends_ms(op));
	if (op->given_up || (optional && op->over_ms))
		return vbc_op_fail_over(op, err);
	if (optional && vbc_arena_size(&op->arena) > KEPT_MAX)
		return vbc_fail(err, VBC_E_PROTOCOL,
				"%s has sent more than any host should need to",
				vbc_http_url(op->host->endpoint->http));
	return VBC_OK;
}

static int call_tick_connect(void *data)
{
	return vbc_op_is_over(data);
}

/* Nothing has been sent yet that could be unknown. */
int vbc_call_connect(struct vbc_op *op, struct vbc_conn **ret_conn, struct vbc_error *err)
{
	struct vbc_http_wait wait = {.tick = call_tick_connect, .data = op};
	bool was_over = op->over_ms;
	int code;

	if (was_over) {
		op->called_ms = vbc_now_ms();
		wait = (struct vbc_http_wait){.deadline_ms = call_ends_ms(op)};
	} else {
		wait.deadline_ms = op->deadline_ms;
	}
	code = vbc_http_lease(op->host->endpoint->http, &wait, ret_conn, err);
	op->given_up = op->given_up || (code && was_over);
	return code;
}

static const char left[] = " the next operation on this host cleans up what was left half-done";

/* `change` is the call; NULL: one that only asked, amid others. */
static void call_report_unknown(const char *change, struct vbc_error *err)
{
	size_t n = strlen(err->text), room = sizeof(err->text) - n;

	snprintf(err->text + n, room, "%s%s%s%s", change ? "; whether " : ";", change ? change : "",
		 change ? " was done is unknown, as the host did not answer:" : "", left);
}

void vbc_call_tell_left(struct vbc_error *err)
{
	if (err->code && !strstr(err->text, left))
		call_report_unknown(NULL, err);
}

/*
 * Two silences of the host are enough, where cleaning up would add one after the other. And what
 * its caller waits for no longer has failed for that reason; whether a change was made that the
 * host did not confirm nobody knows.
 */
static int call_judge_silence(struct vbc_op *op, const struct vbc_method *m, bool begun, int code,
			      struct vbc_error *err)
{
	bool read = m->flags & VBC_METHOD_READ;

	if (!op->given_up && code == VBC_E_TIMEOUT)
		op->given_up = op->silences++ > 0;
	/* What only asks is not worth going on for. */
	if (!code && op->over_ms && !op->undoing && read)
		return vbc_op_fail_over(op, err);
	if (code && op->over_ms && (op->given_up || !op->wrote)) {
		*err = (struct vbc_error){0};
		code = vbc_op_fail_over(op, err);
	}
	if (begun && (code == VBC_E_TIMEOUT || code == VBC_E_CANCELLED) &&
	    (!read || (vbc_lease_of_work(op) && op->wrote && op->given_up)))
		call_report_unknown(read ? NULL : m->name, err);
	return code;
}

int vbc_call_send(struct vbc_op *op, struct vbc_conn *conn, const struct vbc_method *m,
		  bool *ret_begun, struct vbc_error *err)
{
	const struct vbc_http_wait wait = {.tick = call_tick_wait, .data = op};
	int code;

	op->called_ms = vbc_now_ms();
	code = vbc_http_send(conn, op->request.data, op->request.len, &wait, ret_begun, err);
	op->wrote = op->wrote || (*ret_begun && !(m->flags & VBC_METHOD_READ));
	return call_judge_silence(op, m, *ret_begun, code, err);
}

int vbc_call_receive(struct vbc_op *op, struct vbc_conn *conn, const struct vbc_method *m,
		     struct vbc_error *err)
{
	const struct vbc_http_wait wait = {.tick = call_tick_wait, .data = op};
	size_t most = vbc_soap_reply_max(m), kept = vbc_arena_size(&op->arena);
	size_t room = kept < KEPT_MAX - ROOM_MIN ? KEPT_MAX - kept : ROOM_MIN;
	int code;

	op->reply.max = most < room ? most : room;
	code = vbc_http_recv(conn, &op->reply, &op->http_status, &wait, err);
	return call_judge_silence(op, m, true, code, err);
}

static void call_drop_connection(struct vbc_op *op)
{
	vbc_http_give_back(op->host->endpoint->http, op->conn);
	op->conn = NULL;
}

/* Whether the call may be made again after an attempt that broke. */
static bool call_may_repeat(int code, bool read, bool begun)
{
	return code == VBC_E_CONNECT && (read || !begun);
}

static int call_exchange_once(struct vbc_op *op, const struct vbc_method *m, struct vbc_error *err)
{
	bool read = m->flags & VBC_METHOD_READ, begun = false;
	int code = vbc_call_check(op, m, err);

	if (code)
		return code;
	if (op->conn && !vbc_http_usable(op->conn))
		call_drop_connection(op);
	if (!op->conn)
		code = vbc_call_connect(op, &op->conn, err);
	if (code)
		return code;
	code = vbc_call_send(op, op->conn, m, &begun, err);
	if (!code)
		code = vbc_call_receive(op, op->conn, m, err);
	if (code)
		call_drop_connection(op);
	return call_may_repeat(code, read, begun) ? VBC_CALL_REPEAT : code;
}

static int call_exchange_patiently(struct vbc_op *op, const struct vbc_method *m)
{
	for (int attempt = 0;; attempt++) {
		struct vbc_error err = {0};
		int code = call_exchange_once(op, m, &err);

		if (code == VBC_CALL_REPEAT && attempt == 0)
			continue;
		if (code && !op->error.code)
			op->error = err;
		return code == VBC_CALL_REPEAT ? VBC_E_CONNECT : code;
	}
}

void vbc_call_log(const struct vbc_op *op, const struct vbc_method *m, int64_t began_us, int code)
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
		vbc_error_prefix(&op->error, code, "%s", vbc_http_url(op->host->endpoint->http));
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

	vbc_lease_renew(op);
	if (call_is_refused(op, m, self))
		return vbc_call_fail_dry_run(&op->error);
	code = vbc_soap_encode(&op->request, m, op->version, self.s, in, &op->error);
	if (!code) {
		op->calls++;
		code = call_exchange_patiently(op, m);
	}
	if (!code)
		code = vbc_call_decode(op, m, &op->reply, out);
	if (code && !had_error && !op->error.call[0])
		snprintf(op->error.call, sizeof(op->error.call), "%s", m->name);
	vbc_call_log(op, m, began_us, code);
	return code;
}
