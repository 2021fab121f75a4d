/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The outputs of a call as names and values of text.
 */
#include <inttypes.h>

#include "base/base64.h"
#include "soap/value.h"
#include "vbox/api-private.h"

struct writer {
	struct vbc_arena *arena;
	uint32_t version;
	struct vbc_api_value *v;
	size_t n, room;
};

static const char *api_show_bytes(struct vbc_arena *a, const struct vbc_bytes *bytes)
{
	struct vbc_buf VBC_BUF b;

	vbc_buf_init(&b, SIZE_MAX);
	vbc_base64_encode(&b, bytes->data, bytes->size);
	return b.failed ? NULL : vbc_arena_strndup(a, b.data ? b.data : "", b.len);
}

static const char *api_show_scalar(struct vbc_arena *a, const struct vbc_param *p, const void *from)
{
	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID: return vbc_arena_strdup(a, *(const char *const *)from);
	case VBC_T_REF: return vbc_arena_strdup(a, ((const vbc_ref *)from)->s);
	case VBC_T_BYTES: return api_show_bytes(a, from);
	case VBC_T_BOOL: return *(const bool *)from ? "true" : "false";
	case VBC_T_ENUM: return vbc_enum_name(p->sub, *(const int *)from);
	case VBC_T_I16: return vbc_arena_printf(a, "%d", *(const int16_t *)from);
	case VBC_T_U16: return vbc_arena_printf(a, "%u", *(const uint16_t *)from);
	case VBC_T_I32: return vbc_arena_printf(a, "%" PRId32, *(const int32_t *)from);
	case VBC_T_U32: return vbc_arena_printf(a, "%" PRIu32, *(const uint32_t *)from);
	default: return vbc_arena_printf(a, "%" PRId64, *(const int64_t *)from);
	}
}

static bool api_add_value(struct writer *w, const char *name, const char *value)
{
	if (!name || !value)
		return false;
	if (w->n == w->room) {
		struct vbc_api_value *more =
			VBC_ARENA_ARRAY(w->arena, struct vbc_api_value, w->room * 2 + 16);

		if (!more)
			return false;
		for (size_t i = 0; i < w->n; i++)
			more[i] = w->v[i];
		w->v = more;
		w->room = w->room * 2 + 16;
	}
	w->v[w->n++] = (struct vbc_api_value){name, value};
	return true;
}

static bool api_add_one(struct writer *w, const char *name, const struct vbc_param *p,
			const void *from)
{
	const struct vbc_struct_info *info = &vbc_structs_info[p->sub];
	bool good = true;

	if (p->type != VBC_T_STRUCT)
		return api_add_value(w, name, api_show_scalar(w->arena, p, from));
	for (size_t i = 0; good && i < info->n; i++) {
		const struct vbc_param *f = &info->fields[i];
		const char *inner;

		if (!vbc_in_ranges(&f->ranges, w->version))
			continue;
		inner = vbc_arena_printf(w->arena, "%s.%s", name, f->name);
		/* Fields are neither lists nor structs. */
		good = inner &&
		       api_add_value(w, inner,
				     api_show_scalar(w->arena, f, (const char *)from + f->offset));
	}
	return good;
}

static bool api_add_output(struct writer *w, const struct vbc_param *p, const void *from)
{
	const struct vbc_array *array = from;
	struct vbc_param member = *p;
	bool good = true;

	if (!p->array)
		return api_add_one(w, p->name, p, from);
	member.array = false;
	for (size_t i = 0; good && i < array->n; i++) {
		const char *name = vbc_arena_printf(w->arena, "%s[%zu]", p->name, i);

		good = name && api_add_one(w, name, &member,
					   (const char *)array->v + i * vbc_value_size(&member));
	}
	return good;
}

int vbc_api_show(struct vbc_arena *a, const struct vbc_method *m, uint32_t version,
		 void *const *out, struct vbc_api_reply *reply)
{
	struct writer w = {.arena = a, .version = version};

	for (size_t i = 0; i < m->nout; i++)
		if (vbc_in_ranges(&m->out[i].ranges, version) &&
		    !api_add_output(&w, &m->out[i], out[i]))
			return VBC_E_NOMEM;
	reply->v = w.v;
	reply->n = w.n;
	return VBC_OK;
}
