/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A call by name: its method and its arguments are looked up, its values read. Whatever is wrong is
 * said together with what would be right.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/str.h"
#include "vbox/api-private.h"

#define LIST_MAX 300 /* of a list in an error's text */

struct reader {
	struct vbc_arena *arena;
	const struct vbc_api_call *call;
	const struct vbc_method *m;
	uint32_t version; /* 0: not known yet */
	struct vbc_error *err;
};

static bool args_is_in_release(const struct reader *r, const struct vbc_ranges *ranges)
{
	return !r->version || vbc_in_ranges(ranges, r->version);
}

static const char *const type_names[] = {
	[VBC_T_STR] = "text",     [VBC_T_UUID] = "UUID",       [VBC_T_REF] = "object",
	[VBC_T_BYTES] = "base64", [VBC_T_BOOL] = "true|false", [VBC_T_I16] = "number",
	[VBC_T_U16] = "number",   [VBC_T_I32] = "number",      [VBC_T_U32] = "number",
	[VBC_T_I64] = "number",   [VBC_T_ENUM] = NULL,         [VBC_T_STRUCT] = "struct",
};

static const char *args_type_name(const struct vbc_param *p)
{
	return p->type == VBC_T_ENUM ? vbc_enums_info[p->sub].name : type_names[p->type];
}

/* Adds to a list unless it is long enough. */
static void args_append_listed(struct vbc_buf *b, const char *text)
{
	if (b->len < LIST_MAX)
		vbc_buf_printf(b, "%s%s", b->len ? ", " : "", text);
	if (b->len >= LIST_MAX && b->data[b->len - 1] != '.')
		vbc_buf_puts(b, ", ...");
}

static const char *args_finish_list(const struct reader *r, const struct vbc_buf *b,
				    const char *nothing)
{
	const char *text =
		b->len && !b->failed ? vbc_arena_strndup(r->arena, b->data, b->len) : NULL;

	return text ? text : nothing;
}

/* "name: text, groups: text[]" */
static const char *args_list_parameters(const struct reader *r)
{
	struct vbc_buf VBC_BUF b;

	vbc_buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < r->m->nin; i++) {
		const struct vbc_param *p = &r->m->in[i];
		const char *one = vbc_arena_printf(r->arena, "%s: %s%s", p->name, args_type_name(p),
						   p->array ? "[]" : "");

		if (one && args_is_in_release(r, &p->ranges))
			args_append_listed(&b, one);
	}
	return args_finish_list(r, &b, "none");
}

static const char *args_list_members(const struct reader *r, const struct vbc_enum_info *info)
{
	struct vbc_buf VBC_BUF b;

	vbc_buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < info->n; i++)
		if (args_is_in_release(r, &info->members[i].ranges))
			args_append_listed(&b, info->members[i].name);
	return args_finish_list(r, &b, "no members");
}

static int args_refuse_value(const struct reader *r, const struct vbc_param *p, const char *value,
			     const char *why)
{
	return vbc_fail(r->err, VBC_E_ARG, "argument '%s' of %s: '%s' is %s", p->name, r->m->name,
			value, why);
}

static int args_fail_too_new(const struct reader *r, const struct vbc_param *p, const char *what)
{
	return vbc_fail(r->err, VBC_E_VERSION, "argument '%s' of %s: '%s' is not in VirtualBox %s",
			p->name, r->m->name, what, vbc_version_text(r->version).s);
}

static int args_read_number(const struct reader *r, const struct vbc_param *p, const char *text,
			    int64_t *ret)
{
	static const struct {
		int64_t min;
		uint64_t max;
	} limits[] = {
		[VBC_T_I16] = {INT16_MIN, INT16_MAX}, [VBC_T_U16] = {0, UINT16_MAX},
		[VBC_T_I32] = {INT32_MIN, INT32_MAX}, [VBC_T_U32] = {0, UINT32_MAX},
		[VBC_T_I64] = {INT64_MIN, INT64_MAX},
	};
	bool negative = text[0] == '-';
	uint64_t most = negative ? 0 - (uint64_t)limits[p->type].min : limits[p->type].max, n;
	const char *why;

	if (vbc_parse_u64(text + negative, most, &n)) {
		*ret = negative ? (int64_t)(0 - n) : (int64_t)n;
		return VBC_OK;
	}
	why = vbc_arena_printf(r->arena, "not a number from %" PRId64 " to %" PRIu64,
			       limits[p->type].min, limits[p->type].max);
	return why ? args_refuse_value(r, p, text, why) : vbc_fail_nomem(r->err);
}

static int args_read_enum(const struct reader *r, const struct vbc_param *p, const char *text,
			  int64_t *ret)
{
	const struct vbc_enum_info *info = &vbc_enums_info[p->sub];
	const char *why;

	for (size_t i = 0; i < info->n; i++) {
		if (streq(info->members[i].name, text)) {
			*ret = (int64_t)i;
			return args_is_in_release(r, &info->members[i].ranges)
				       ? VBC_OK
				       : args_fail_too_new(r, p, text);
		}
	}
	why = vbc_arena_printf(r->arena, "not a member of %s, which has %s", info->name,
			       args_list_members(r, info));
	return why ? args_refuse_value(r, p, text, why) : vbc_fail_nomem(r->err);
}

static int args_read_bytes(const struct reader *r, const struct vbc_param *p, const char *text,
			   struct vbc_bytes *to)
{
	void *data;

	if (!vbc_base64_decode(r->arena, text, strlen(text), &data, &to->size))
		return args_refuse_value(r, p, text, "not base64");
	to->data = data;
	return VBC_OK;
}

static int args_read_value(const struct reader *r, const struct vbc_param *p, const char *text,
			   union vbc_in *to)
{
	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID: to->s = text; return VBC_OK;
	case VBC_T_REF:
		to->s = text;
		return text[0] || (p->optional && !p->array)
			       ? VBC_OK
			       : vbc_fail(
					 r->err, VBC_E_ARG,
					 p->array
						 ? "argument '%s' of %s is a list of objects, none "
						   "of which can be empty"
						 : "argument '%s' of %s must be an object",
					 p->name, r->m->name);
	case VBC_T_BYTES: return args_read_bytes(r, p, text, &to->bytes);
	case VBC_T_ENUM: return args_read_enum(r, p, text, &to->i);
	case VBC_T_BOOL:
		to->b = streq(text, "true");
		return to->b || streq(text, "false")
			       ? VBC_OK
			       : args_refuse_value(r, p, text, "neither true nor false");
	default: return args_read_number(r, p, text, &to->i);
	}
}

/* The members of an array lie as the encoder wants them. */
static void args_put_member(const struct vbc_param *p, void *v, size_t i, const union vbc_in *value)
{
	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID: ((const char **)v)[i] = value->s; break;
	case VBC_T_REF: ((vbc_ref *)v)[i].s = value->s; break;
	case VBC_T_BOOL: ((bool *)v)[i] = value->b; break;
	case VBC_T_ENUM: ((int *)v)[i] = (int)value->i; break;
	case VBC_T_I32: ((int32_t *)v)[i] = (int32_t)value->i; break;
	case VBC_T_U32: ((uint32_t *)v)[i] = (uint32_t)value->i; break;
	default: ((int64_t *)v)[i] = value->i; break;
	}
}

/* While the release is not known, what only some releases want may be left out. */
static int args_check_count(const struct reader *r, const struct vbc_param *p, size_t n)
{
	bool wanted = r->version ? args_is_in_release(r, &p->ranges) : p->ranges.n == 0;

	if (n && !args_is_in_release(r, &p->ranges))
		return vbc_fail(r->err, VBC_E_VERSION,
				"argument '%s' of %s is not in VirtualBox %s", p->name, r->m->name,
				vbc_version_text(r->version).s);
	if (!p->array && n > 1)
		return vbc_fail(r->err, VBC_E_ARG, "argument '%s' of %s is given twice", p->name,
				r->m->name);
	if (!p->array && !n && wanted)
		return vbc_fail(r->err, VBC_E_ARG, "%s needs the argument '%s'; its arguments: %s",
				r->m->name, p->name, args_list_parameters(r));
	return VBC_OK;
}

static int args_read_argument(const struct reader *r, const struct vbc_param *p, union vbc_in *to)
{
	const struct vbc_api_value *args = r->call->args;
	void *v = vbc_arena_array(r->arena, r->call->n_args + 1, sizeof(union vbc_in));
	size_t n = 0;

	if (!v)
		return vbc_fail_nomem(r->err);
	for (size_t i = 0; i < r->call->n_args; i++) {
		union vbc_in value = {0};
		int code;

		if (!streq(args[i].name, p->name))
			continue;
		code = args_read_value(r, p, args[i].value, &value);
		if (code)
			return code;
		if (p->array)
			args_put_member(p, v, n, &value);
		else
			*to = value;
		n++;
	}
	if (p->array)
		to->array = (struct vbc_array){n, v};
	return args_check_count(r, p, n);
}

static bool args_is_argument(const struct vbc_method *m, const char *name)
{
	for (size_t i = 0; i < m->nin; i++)
		if (streq(m->in[i].name, name))
			return true;
	return streq(name, "_this") && !(m->flags & VBC_METHOD_NO_SELF);
}

/* The part behind the interface, which is what people remember. */
static const char *method_find_stem(const char *name)
{
	const char *line = strchr(name, '_');

	return line ? line + 1 : name;
}

static int method_fail_unknown(const struct reader *r)
{
	struct vbc_buf VBC_BUF b;

	vbc_buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < vbc_methods_n; i++)
		if (strcasecmp(method_find_stem(vbc_methods[i].name),
			       method_find_stem(r->call->method)) == 0)
			args_append_listed(&b, vbc_methods[i].name);
	if (b.len)
		return vbc_fail(r->err, VBC_E_ARG, "there is no call '%s'; did you mean %s?",
				r->call->method, args_finish_list(r, &b, ""));
	return vbc_fail(r->err, VBC_E_ARG,
			"there is no call '%s' among those known to this program", r->call->method);
}

static int args_check_names(const struct reader *r, struct vbc_api_step *step)
{
	for (size_t i = 0; i < r->call->n_args; i++) {
		const struct vbc_api_value *arg = &r->call->args[i];

		if (!args_is_argument(r->m, arg->name))
			return vbc_fail(r->err, VBC_E_ARG,
					"%s has no argument '%s'; its arguments: %s", r->m->name,
					arg->name, args_list_parameters(r));
		if (streq(arg->name, "_this") && step->self)
			return vbc_fail(r->err, VBC_E_ARG, "argument '_this' of %s is given twice",
					r->m->name);
		if (streq(arg->name, "_this"))
			step->self = arg->value;
	}
	return VBC_OK;
}

/* Whether all texts of a call are there. */
static bool api_call_is_whole(const struct vbc_api_call *call)
{
	if (!call->method || (call->n_args && !call->args))
		return false;
	for (size_t i = 0; i < call->n_args; i++)
		if (!call->args[i].name || !call->args[i].value)
			return false;
	return true;
}

int vbc_api_prepare(struct vbc_arena *a, const struct vbc_api_call *call, uint32_t version,
		    struct vbc_api_step *step, struct vbc_error *err)
{
	if (!api_call_is_whole(call))
		return vbc_fail(err, VBC_E_ARG,
				"a call's method, or the name or value of an argument, is NULL");

	struct reader r = {a, call, vbc_method_find(call->method), version, err};
	int code;

	if (!r.m)
		return method_fail_unknown(&r);
	if (!args_is_in_release(&r, &r.m->ranges))
		return vbc_fail(err, VBC_E_VERSION, "%s is not in VirtualBox %s", r.m->name,
				vbc_version_text(version).s);
	step->m = r.m;
	step->id = (enum vbc_method_id)(r.m - vbc_methods);
	step->in = VBC_ARENA_ARRAY(a, union vbc_in, r.m->nin + 1);
	code = step->in ? args_check_names(&r, step) : vbc_fail_nomem(err);
	for (size_t i = 0; !code && i < r.m->nin; i++)
		code = args_read_argument(&r, &r.m->in[i], &step->in[i]);
	return code;
}
