/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Calls by name. All are checked, then they are made in turn, each with what those before it
 * returned.
 */
#include "base/given.h"
#include "base/str.h"
#include "soap/value.h"
#include "vbox/api-private.h"
#include "vbox/run.h"

/* What a caller gets, and all it points to. */
struct reply {
	struct vbc_api_reply shown;
	struct vbc_arena arena;
};

struct sequence {
	const struct vbc_api_call *calls;
	size_t n;
	struct vbc_api_step *steps;
	const char **results; /* the object that the call of that number returned, or NULL */
	struct reply *reply;
};

/* The output that is the call's object: returnval, else the first reference. */
static const struct vbc_param *api_find_object(const struct vbc_method *m, size_t *ret_at)
{
	const struct vbc_param *found = NULL;

	for (size_t i = 0; i < m->nout; i++) {
		const struct vbc_param *p = &m->out[i];

		if (p->type == VBC_T_REF && !p->array && (!found || streq(p->name, "returnval"))) {
			found = p;
			*ret_at = i;
		}
	}
	return found;
}

/* "@N" in the call of number `at` (from 1) to the reference, if that call is made already. */
static int api_resolve_reference(const struct sequence *s, size_t at, bool made, const char **text,
				 struct vbc_error *err)
{
	uint64_t n;
	size_t output = 0;

	if (!*text || (*text)[0] != '@')
		return VBC_OK;
	if (!vbc_parse_u64(*text + 1, at - 1, &n))
		return vbc_fail(err, VBC_E_ARG, "'%s' is not the number of a call before %s", *text,
				s->steps[at - 1].m->name);
	if (n && !api_find_object(s->steps[n - 1].m, &output))
		return vbc_fail(err, VBC_E_ARG, "'%s': %s returns no object", *text,
				s->steps[n - 1].m->name);
	if (made && !s->results[n])
		return vbc_fail(err, VBC_E_ARG, "'%s': %s returned no object", *text,
				s->steps[n - 1].m->name);
	if (made)
		*text = s->results[n];
	return VBC_OK;
}

static int api_resolve_array(const struct sequence *s, size_t at, bool made, union vbc_in *in,
			     struct vbc_error *err)
{
	vbc_ref *refs = (vbc_ref *)(uintptr_t)in->array.v; /* our own */
	int code = VBC_OK;

	for (size_t i = 0; !code && i < in->array.n; i++)
		code = api_resolve_reference(s, at, made, &refs[i].s, err);
	return code;
}

/* The newest object, where none is named. */
static int api_find_self(const struct sequence *s, size_t at, const char **ret_self,
			 struct vbc_error *err)
{
	const struct vbc_method *m = s->steps[at - 1].m;
	size_t output, n = at - 1;

	if (*ret_self || m->flags & VBC_METHOD_NO_SELF)
		return VBC_OK;
	while (n && !api_find_object(s->steps[n - 1].m, &output))
		n--;
	if (vbc_starts_with(m->name, "IVirtualBox_"))
		n = 0;
	else if (!n)
		return vbc_fail(err, VBC_E_ARG,
				"%s needs an object: make a call before it that returns one, or "
				"give _this=",
				m->name);
	*ret_self = s->results[n];
	return VBC_OK;
}

static int api_resolve_all(const struct sequence *s, size_t at, bool made, struct vbc_error *err)
{
	struct vbc_api_step *step = &s->steps[at - 1];
	int code = api_resolve_reference(s, at, made, &step->self, err);

	if (!code)
		code = api_find_self(s, at, &step->self, err);
	for (size_t i = 0; !code && i < step->m->nin; i++) {
		const struct vbc_param *p = &step->m->in[i];

		if (p->type == VBC_T_REF)
			code = p->array ? api_resolve_array(s, at, made, &step->in[i], err)
					: api_resolve_reference(s, at, made, &step->in[i].s, err);
	}
	return code;
}

static int api_make_call(struct vbc_op *op, struct sequence *s, size_t at, void **out)
{
	struct vbc_api_step *step = &s->steps[at - 1];
	const struct vbc_param *object;
	size_t output = 0;
	int code = api_resolve_all(s, at, true, &op->error);

	for (size_t i = 0; !code && i < step->m->nout; i++) {
		out[i] = vbc_arena_alloc(&op->arena, vbc_value_size(&step->m->out[i]));
		if (!out[i])
			code = vbc_fail_nomem(&op->error);
	}
	if (code)
		return code;
	code = vbc_call(op, step->id, (vbc_ref){step->self}, step->in, out);
	object = api_find_object(step->m, &output);
	if (!code && object && *((vbc_ref *)out[output])->s)
		s->results[at] = ((vbc_ref *)out[output])->s;
	return code;
}

static int api_prepare_calls(struct sequence *s, struct vbc_arena *a, uint32_t version,
			     struct vbc_error *err)
{
	int code = VBC_OK;

	s->steps = VBC_ARENA_ARRAY(a, struct vbc_api_step, s->n + 1);
	s->results = VBC_ARENA_ARRAY(a, const char *, s->n + 1);
	if (!s->steps || !s->results)
		return vbc_fail_nomem(err);
	if (!s->n)
		return vbc_fail(err, VBC_E_ARG, "no call was given");
	for (size_t i = 0; !code && i < s->n; i++)
		code = vbc_api_prepare(a, &s->calls[i], version, &s->steps[i], err);
	for (size_t i = 1; !code && i <= s->n; i++)
		code = api_resolve_all(s, i, false, err);
	return code;
}

static int api_call_body(struct vbc_op *op, void *arg)
{
	struct sequence *s = arg;
	void *out[VBC_OUT_MAX] = {NULL};
	int code = api_prepare_calls(s, &op->arena, op->version, &op->error); /* anew in each run */

	if (code)
		return code;
	s->results[0] = op->vbox.s;
	for (size_t i = 1; !code && i <= s->n; i++)
		code = api_make_call(op, s, i, out);
	if (!code && vbc_api_show(&s->reply->arena, s->steps[s->n - 1].m, op->version, out,
				  &s->reply->shown))
		code = vbc_fail_nomem(&op->error);
	return code;
}

int vbc_api_call(struct vbc_host *host, const struct vbc_api_call *calls, size_t n,
		 const struct vbc_wait *wait, struct vbc_api_reply **ret_reply,
		 struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_reply) || (n && vbc_lacks(err, calls)))
		return VBC_E_ARG;

	struct sequence s = {.calls = calls, .n = n, .reply = calloc(1, sizeof(*s.reply))};
	struct vbc_arena VBC_ARENA arena = {0};
	int code = s.reply ? api_prepare_calls(&s, &arena, 0, err) : vbc_fail_nomem(err);

	if (!code)
		code = vbc_op_run(host, wait, err, api_call_body, &s);
	if (code && s.reply)
		vbc_api_reply_free(&s.reply->shown);
	else if (!code)
		*ret_reply = &s.reply->shown;
	return code;
}

void vbc_api_reply_free(struct vbc_api_reply *reply)
{
	struct reply *r = (struct reply *)(void *)reply; /* its first member */

	if (!r)
		return;
	vbc_arena_done(&r->arena);
	free(r);
}

const char *vbc_api_method_name(size_t i)
{
	return i < vbc_methods_n ? vbc_methods[i].name : NULL;
}
