/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/op.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define REQUEST_MAX (16u << 20) /* the service drops the connection above it */
#define BRIEF_MS    600000
#define CLEAN_MS    10000 /* in all, when the operation is over */
#define WORK_MS     3000  /* and what VirtualBox works on then, or somebody holds, is waited for */

const struct vbc_wait vbc_op_brief = {.timeout_ms = BRIEF_MS};

void vbc_op_init_buffers(struct vbc_op *op)
{
	vbc_buf_init(&op->request, REQUEST_MAX);
	op->request.secret = true;   /* passwords go through it */
	vbc_buf_init(&op->reply, 0); /* each call says how large its may be */
}

void vbc_op_done(struct vbc_op *op)
{
	vbc_http_give_back(op->host->endpoint->http, op->conn);
	vbc_buf_done(&op->request);
	vbc_buf_done(&op->reply);
	vbc_results_free(&op->results);
	vbc_arena_done(&op->arena);
}

int vbc_op_fail_stale(struct vbc_op *op)
{
	return vbc_fail(&op->error, VBC_E_STALE,
			"the host has forgotten the web session of this operation (it was idle for "
			"too long, or the host's service was restarted)");
}

void vbc_op_about(struct vbc_op *op, const struct vbc_subject *subject)
{
	for (size_t i = 0; i < VBC_SUBJECTS; i++) {
		if (op->about[i].look)
			continue;
		op->about[i] = *subject;
		return;
	}
}

void vbc_op_about_nothing(struct vbc_op *op)
{
	memset(op->about, 0, sizeof(op->about));
}

int vbc_op_check_there(struct vbc_op *op)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < VBC_SUBJECTS; i++) {
		const struct vbc_subject *s = &op->about[i];
		vbc_ref ref = {NULL};

		if (!s->look)
			continue;
		code = s->look(op, s->id, &ref);
		if (!code && vbc_ref_is_null(ref))
			code = vbc_fail(
				&op->error, VBC_E_NOTFOUND,
				"there is no longer a %s '%s': it was removed in the meantime",
				s->noun, s->name);
	}
	return code;
}

int vbc_op_check_readable(struct vbc_op *op)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < VBC_SUBJECTS; i++)
		if (op->about[i].check_readable)
			code = op->about[i].check_readable(op, op->about[i].id);
	return code;
}

int vbc_op_ihost(struct vbc_op *op, vbc_ref *ret_host)
{
	int code = vbc_ref_is_null(op->ihost) ? vbc_IVirtualBox_getHost(op, op->vbox, &op->ihost)
					      : VBC_OK;

	if (!code)
		*ret_host = op->ihost;
	return code;
}

bool vbc_strs_has(const struct vbc_strs *strs, const char *s)
{
	for (size_t i = 0; i < strs->n; i++)
		if (streq(strs->v[i], s))
			return true;
	return false;
}

int vbc_op_make_uuid(struct vbc_op *op, char ret[37])
{
	return vbc_uuid_new(ret) ? VBC_OK
				 : vbc_fail(&op->error, VBC_E_NOMEM,
					    "this system cannot provide random numbers");
}

bool vbc_op_has(const struct vbc_op *op, enum vbc_method_id method)
{
	return vbc_in_ranges(&vbc_methods[method].ranges, op->version);
}

bool vbc_op_is_over(struct vbc_op *op)
{
	const struct vbc_wait *w = op->wait;
	const struct vbc_host *host = op->host;

	if (host->tick && !op->cancelled)
		op->cancelled = host->tick(host->tick_data) != 0;
	if (w && w->tick && !op->cancelled)
		op->cancelled = w->tick(w->data, &op->progress) != 0;
	if (!op->over_ms && (op->cancelled || (op->deadline_ms && vbc_now_ms() >= op->deadline_ms)))
		op->over_ms = vbc_now_ms();
	return op->over_ms;
}

int vbc_op_fail_over(const struct vbc_op *op, struct vbc_error *err)
{
	if (op->cancelled)
		return vbc_fail(err, VBC_E_CANCELLED, "cancelled");
	return vbc_fail(err, VBC_E_TIMEOUT,
			op->over_ms ? "not done within the time allowed"
				    : "the host no longer answers");
}

int64_t vbc_op_ends_ms(const struct vbc_op *op)
{
	return op->over_ms + CLEAN_MS;
}

int vbc_op_tick(struct vbc_op *op)
{
	if (!vbc_op_is_over(op))
		return VBC_OK;
	if (op->undoing && !op->recovering && vbc_now_ms() < op->over_ms + WORK_MS)
		return VBC_OK;
	op->broken_off = op->broken_off || op->undoing;
	return vbc_op_fail_over(op, &op->error);
}

int vbc_op_sleep(struct vbc_op *op, unsigned ms)
{
	int code = vbc_op_tick(op);

	while (!code && ms) {
		unsigned step = ms < 500 ? ms : 500;

		vbc_sleep_ms(step);
		ms -= step;
		code = vbc_op_tick(op);
	}
	return code;
}

struct vbc_arena vbc_op_borrow(struct vbc_op *op)
{
	struct vbc_arena kept = op->arena;

	op->arena = (struct vbc_arena){NULL};
	op->lasting.ihost = op->ihost;
	op->lasting.known = op->known;
	return kept;
}

void vbc_op_borrow_end(struct vbc_op *op, const struct vbc_arena *kept)
{
	vbc_arena_done(&op->arena);
	op->arena = *kept;
	op->ihost = op->lasting.ihost;
	op->known = op->lasting.known;
}

void vbc_op_release(struct vbc_op *op, vbc_ref ref)
{
	struct vbc_error saved = op->error;
	bool stale = op->stale;

	if (vbc_ref_is_null(ref))
		return;
	op->error = (struct vbc_error){0};
	vbc_IManagedObjectRef_release(op, ref);
	op->error = saved;
	op->stale = stale; /* where all is gone, so is this */
}

void vbc_op_release_small(struct vbc_op *op, vbc_ref ref)
{
	if (!op->host->one_shot)
		vbc_op_release(op, ref);
}

void vbc_op_log(const struct vbc_op *op, int level, const char *format, ...)
{
	char line[512];
	va_list args;

	if (!op->host->log)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	vbc_line_tidy(line);
	op->host->log(op->host->log_data, level, line);
}
