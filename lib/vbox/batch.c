/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Many reads at once: one thread keeps a request under way on each of a few connections, so that
 * the host works on several while we wait. The n-th answer on a connection is the n-th call's.
 */
#include "base/clock.h"
#include "vbox/aside.h"
#include "vbox/cache.h"
#include "vbox/call.h"
#include "vbox/fault.h"

#define LANES 4

struct lane {
	struct vbc_conn *conn;
	struct vbc_batch_call *call; /* under way, NULL: none */
	int64_t began_us;            /* when it was sent      */
};

struct batch {
	struct vbc_op *op;
	struct vbc_batch_call *next, *end;
	struct lane lanes[LANES];
	size_t opened; /* lanes so far */
};

static struct vbc_cache_call cache_call_of(const struct vbc_batch_call *c)
{
	return (struct vbc_cache_call){c->method, c->self.s, c->in[0].i};
}

/* Whether the call need not be made, as its answer is known. */
static bool batch_recall_answer(struct vbc_op *op, struct vbc_batch_call *c)
{
	pthread_mutex_t *mutex = &op->host->endpoint->mutex;
	const struct vbc_cache_call call = cache_call_of(c);
	const char *answer;

	if (!c->fixed)
		return false;
	pthread_mutex_lock(mutex);
	answer = vbc_cache_find(op->session->cache, &call);
	pthread_mutex_unlock(mutex);
	if (answer)
		*(const char **)c->out = answer;
	return answer;
}

static void batch_remember_answer(struct vbc_op *op, const struct vbc_batch_call *c)
{
	pthread_mutex_t *mutex = &op->host->endpoint->mutex;
	const struct vbc_cache_call call = cache_call_of(c);
	const char *answer = c->fixed && !c->code ? *(const char **)c->out : NULL;

	if (!answer || !answer[0])
		return;
	pthread_mutex_lock(mutex);
	vbc_cache_keep(&op->session->cache, &call, answer);
	pthread_mutex_unlock(mutex);
}

/* Sends the next call on this lane; a lane that cannot carry it is given up. */
static int lane_send_next(struct batch *b, struct lane *lane)
{
	struct vbc_op *op = b->op;
	struct vbc_batch_call *c;
	struct vbc_error err = {0};
	bool begun;
	int code;

	lane->call = NULL;
	lane->began_us = vbc_now_us();
	while (b->next < b->end && batch_recall_answer(op, b->next))
		b->next++;
	c = b->next;
	if (c == b->end)
		return VBC_OK;
	code = vbc_call_check(op, &vbc_methods[c->method], &op->error);
	if (!code)
		code = vbc_soap_encode(&op->request, &vbc_methods[c->method], op->version,
				       c->self.s, c->in, &op->error);
	if (code)
		return code;
	if (!lane->conn && vbc_call_connect(op, &lane->conn, &err))
		return VBC_OK;
	if (vbc_call_send(op, lane->conn, &vbc_methods[c->method], &begun, &err)) {
		vbc_http_give_back(op->host->endpoint->http, lane->conn);
		lane->conn = NULL;
		return VBC_OK;
	}
	op->calls++;
	b->next++;
	lane->call = c;
	return VBC_OK;
}

/* What a list does without: an object that is no more, or that nobody can use now. */
static bool batch_call_is_gone(const struct vbc_batch_call *c)
{
	return c->code == VBC_E_NOTFOUND || c->code == VBC_E_BUSY || c->code == VBC_E_STATE;
}

/* An answer of the host that says no, to a call that can be done without. */
static bool batch_call_is_refused(const struct vbc_batch_call *c)
{
	return c->may_fail && (VBC_CODE(c->code) & VBC_REFUSALS);
}

/* Where the call's outputs go: *one is for those of one only. */
static void *const *batch_call_outputs(struct vbc_batch_call *c, void **one)
{
	*one = c->out;
	return c->outs ? c->outs : one;
}

/* Makes the call once more, or late, with nothing beside it. */
static int batch_call_alone(struct vbc_op *op, struct vbc_batch_call *c)
{
	void *one;
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	c->code = vbc_call(op, c->method, c->self, c->in, batch_call_outputs(c, &one));
	if (batch_call_is_refused(c) && !op->stale)
		return VBC_OK;
	return vbc_aside_end(&aside, batch_call_is_gone(c) ? VBC_OK : c->code);
}

/* Such a fault stays with its call. One of another kind shows again, with its words, when the call
 * is made once more, alone: or it has passed. */
static int batch_finish_call(struct vbc_op *op, struct vbc_batch_call *c, int64_t began_us)
{
	const struct vbc_method *m = &vbc_methods[c->method];
	void *one;
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool explaining = op->explaining;

	op->explaining = true;
	c->code = vbc_call_decode(op, m, &op->reply, batch_call_outputs(c, &one));
	op->explaining = explaining;
	vbc_call_log(op, m, began_us, c->code);
	if (op->stale || c->code == VBC_E_PROTOCOL || c->code == VBC_E_NOMEM)
		return vbc_aside_end(&aside, c->code);
	vbc_aside_restore(&aside);
	if (!c->code || c->code == VBC_E_STALE || batch_call_is_gone(c) || batch_call_is_refused(c))
		return VBC_OK;
	return batch_call_alone(op, c);
}

/* Takes the answer on this lane. One that never came is asked for again, alone. */
static int lane_take_answer(struct batch *b, struct lane *lane)
{
	struct vbc_op *op = b->op;
	struct vbc_batch_call *c = lane->call;
	const struct vbc_method *m = &vbc_methods[c->method];
	struct vbc_error err = {0};

	lane->call = NULL;
	if (!vbc_call_receive(op, lane->conn, m, &err))
		return batch_finish_call(op, c, lane->began_us);
	vbc_call_log(op, m, lane->began_us, err.code);
	vbc_http_give_back(op->host->endpoint->http, lane->conn);
	lane->conn = NULL;
	if (err.code != VBC_E_CONNECT) {
		op->error = err;
		return err.code;
	}
	return batch_call_alone(op, c);
}

/* A connection that the host is about to close must not carry another call. */
static void lane_renew_connection(struct vbc_op *op, struct lane *lane)
{
	struct vbc_http *http = op->host->endpoint->http;

	if (lane->conn && !vbc_http_usable(lane->conn)) {
		vbc_http_give_back(http, lane->conn);
		lane->conn = NULL;
	}
}

/*
 * The service does not see connections that come all at once (see http/decoy.c), so the next lane
 * is opened when the one before has answered.
 */
static int batch_open_lanes(struct batch *b)
{
	int code = VBC_OK;

	while (!code && b->opened < LANES) {
		const struct vbc_conn *last = b->opened ? b->lanes[b->opened - 1].conn : NULL;

		if (last && vbc_http_is_new(last))
			break;
		code = lane_send_next(b, &b->lanes[b->opened++]);
	}
	return code;
}

static int batch_run_lanes(struct batch *b)
{
	bool busy = true;
	int code = batch_open_lanes(b);

	while (!code && busy) {
		busy = false;
		code = vbc_op_tick(b->op);
		for (size_t i = 0; !code && i < LANES; i++) {
			struct lane *lane = &b->lanes[i];

			if (!lane->call)
				continue;
			busy = true;
			code = lane_take_answer(b, lane);
			lane_renew_connection(b->op, lane);
			if (!code)
				code = lane_send_next(b, lane);
			if (!code)
				code = batch_open_lanes(b);
		}
	}
	return code;
}

/*
 * Calls that found their object unknown to the host have their answers: it is gone. But if it is
 * the web session that the host does not know, nothing of the batch holds; that is asked once.
 */
static int batch_check_stale(struct vbc_op *op, struct vbc_batch_call *calls, size_t n)
{
	bool asked = false;

	for (size_t i = 0; i < n; i++) {
		if (calls[i].code != VBC_E_STALE)
			continue;

		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

		calls[i].code = asked ? VBC_E_NOTFOUND : vbc_fault_forgotten(op, "");
		if (calls[i].code != VBC_E_NOTFOUND)
			return vbc_aside_end(&aside, calls[i].code);
		asked = true;
	}
	return VBC_OK;
}

int vbc_batch(struct vbc_op *op, struct vbc_batch_call *calls, size_t n)
{
	struct batch b = {.op = op, .next = calls, .end = calls + n};
	int code;

	b.lanes[0].conn = vbc_steal(op->conn);
	code = batch_run_lanes(&b);
	for (size_t i = 0; i < LANES; i++)
		vbc_http_give_back(op->host->endpoint->http, b.lanes[i].conn);
	/* Where no lane could be had at all, one call after the other says why. */
	for (; !code && b.next < b.end; b.next++)
		code = batch_call_alone(op, b.next);
	if (!code)
		code = batch_check_stale(op, calls, n);
	for (size_t i = 0; !code && i < n; i++)
		batch_remember_answer(op, &calls[i]);
	return code;
}

int vbc_batch_each(struct vbc_op *op, enum vbc_method_id method, const vbc_ref *objects, size_t n,
		   void *out, size_t size, struct vbc_batch_call **ret_calls)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);

	if (!calls || !out)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		calls[i] = (struct vbc_batch_call){
			.method = method, .self = objects[i], .out = (char *)out + i * size};
	if (ret_calls)
		*ret_calls = calls;
	return vbc_batch(op, calls, n);
}

int vbc_part(struct vbc_op *op, enum vbc_method_id method, vbc_ref self, int64_t number,
	     vbc_ref *ret_part)
{
	vbc_ref part = {NULL};
	struct vbc_batch_call call = {
		.method = method, .self = self, .in = {{.i = number}}, .out = &part, .fixed = true};
	int code = vbc_batch(op, &call, 1);

	/* That the object is gone is not a failure of a batch: here it is one, and says so. */
	if (!code && call.code) {
		void *out[] = {&part};

		code = vbc_call(op, method, self, call.in, out);
	}
	if (!code)
		*ret_part = part;
	return code;
}
