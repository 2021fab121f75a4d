/* SPDX-License-Identifier: Apache-2.0 */
#include "soap/value.h"

#include "base/base64.h"
#include "base/str.h"
#include "soap/xml.h"

/* For each member of a list its reader makes some calls, and keeps what they tell. */
#define MEMBERS_MAX 20000
#define REF_MAX     255

static const size_t sizes[] = {
	[VBC_T_STR] = sizeof(const char *), [VBC_T_UUID] = sizeof(const char *),
	[VBC_T_REF] = sizeof(vbc_ref),      [VBC_T_BYTES] = sizeof(struct vbc_bytes),
	[VBC_T_BOOL] = sizeof(bool),        [VBC_T_I16] = sizeof(int16_t),
	[VBC_T_U16] = sizeof(uint16_t),     [VBC_T_I32] = sizeof(int32_t),
	[VBC_T_U32] = sizeof(uint32_t),     [VBC_T_I64] = sizeof(int64_t),
	[VBC_T_ENUM] = sizeof(int),
};

static const struct {
	int64_t min, max;
} limits[] = {
	[VBC_T_I16] = {INT16_MIN, INT16_MAX}, [VBC_T_U16] = {0, UINT16_MAX},
	[VBC_T_I32] = {INT32_MIN, INT32_MAX}, [VBC_T_U32] = {0, UINT32_MAX},
	[VBC_T_I64] = {INT64_MIN, INT64_MAX},
};

static size_t decode_member_size(const struct vbc_param *p)
{
	return p->type == VBC_T_STRUCT ? vbc_structs_info[p->sub].size : sizes[p->type];
}

size_t vbc_value_size(const struct vbc_param *p)
{
	return p->array ? sizeof(struct vbc_array) : decode_member_size(p);
}

static int decode_refuse_value(const struct vbc_decoder *d, const struct vbc_param *p,
			       const char *what)
{
	return vbc_fail(d->err, VBC_E_PROTOCOL, "the reply to %s: '%s' is not a valid %s",
			d->m->name, p->name, what);
}

/* Octets are many: they are taken from where they stand, and nothing else is in base64. */
static int decode_bytes(const struct vbc_decoder *d, const struct vbc_param *p,
			const struct vbc_xml *node, struct vbc_bytes *to)
{
	size_t n = node ? (size_t)(node->end - node->content) : 0;
	void *data;

	if (!vbc_base64_decode(d->arena, n ? node->content : "", n, &data, &to->size))
		return decode_refuse_value(d, p, "base64 text");
	to->data = data;
	return 0;
}

static int decode_bool(const struct vbc_decoder *d, const struct vbc_param *p, const char *text,
		       bool *to)
{
	*to = streq(text, "true") || streq(text, "1");
	return *to || !*text || streq(text, "false") || streq(text, "0")
		       ? 0
		       : decode_refuse_value(d, p, "boolean");
}

static bool decode_parse_integer(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = *text == '-';
	/* of INT64_MIN too, which has no positive counterpart */
	uint64_t most = negative ? 0 - (uint64_t)min : (uint64_t)max, number;

	if (!vbc_parse_u64(text + negative, most, &number))
		return false;
	*ret = negative ? (int64_t)(0 - number) : (int64_t)number;
	return true;
}

static int decode_integer(const struct vbc_decoder *d, const struct vbc_param *p, const char *text,
			  void *to)
{
	int64_t number = 0;

	if (*text && !decode_parse_integer(text, limits[p->type].min, limits[p->type].max, &number))
		return decode_refuse_value(d, p, "number of its kind");
	switch (p->type) {
	case VBC_T_I16: *(int16_t *)to = (int16_t)number; break;
	case VBC_T_U16: *(uint16_t *)to = (uint16_t)number; break;
	case VBC_T_I32: *(int32_t *)to = (int32_t)number; break;
	case VBC_T_U32: *(uint32_t *)to = (uint32_t)number; break;
	default: *(int64_t *)to = number; break;
	}
	return 0;
}

/* What is named and found by it here never sees another text. */
static int decode_uuid(const struct vbc_decoder *d, const struct vbc_param *p, const char *text,
		       const char **to)
{
	bool may_lack = p->optional || !vbc_in_ranges(&p->ranges, d->version);

	*to = text;
	return vbc_is_uuid(text) || (!*text && may_lack) ? 0 : decode_refuse_value(d, p, "UUID");
}

/* VirtualBox's are two numbers of 16 digits. */
static int decode_ref(const struct vbc_decoder *d, const struct vbc_param *p, const char *text,
		      vbc_ref *to)
{
	to->s = text;
	return strlen(text) <= REF_MAX ? 0 : decode_refuse_value(d, p, "reference");
}

static int decode_enum_number(const struct vbc_enum_info *info, const char *name)
{
	for (size_t i = 0; i < info->n; i++)
		if (streq(info->members[i].name, name))
			return (int)i;
	return -1;
}

static int decode_scalar(const struct vbc_decoder *d, const struct vbc_xml *node,
			 const struct vbc_param *p, void *to)
{
	const char *text;

	if (p->type == VBC_T_BYTES)
		return decode_bytes(d, p, node, to);
	text = vbc_xml_text(d->arena, node);
	if (!text)
		return vbc_fail_nomem(d->err);
	switch (p->type) {
	case VBC_T_STR: *(const char **)to = text; return 0;
	case VBC_T_UUID: return decode_uuid(d, p, text, to);
	case VBC_T_REF: return decode_ref(d, p, text, to);
	case VBC_T_BOOL: return decode_bool(d, p, text, to);
	case VBC_T_ENUM: *(int *)to = decode_enum_number(&vbc_enums_info[p->sub], text); return 0;
	default: return decode_integer(d, p, text, to);
	}
}

/* node NULL: there is none, everything in it is 0 or "". Structs hold no structs. */
static int decode_member(const struct vbc_decoder *d, const struct vbc_xml *node,
			 const struct vbc_param *p, void *to)
{
	const struct vbc_struct_info *info = &vbc_structs_info[p->sub];
	int code = 0;

	if (p->type != VBC_T_STRUCT)
		return decode_scalar(d, node, p, to);
	for (size_t i = 0; !code && i < info->n; i++)
		code = vbc_value_decode(d, node, &info->fields[i],
					(char *)to + info->fields[i].offset);
	return code;
}

static size_t decode_count_named(const struct vbc_xml *node, const char *name)
{
	size_t n = 0;

	for (; (node = vbc_xml_find(node, name)); node = node->next)
		n++;
	return n;
}

static int decode_array(const struct vbc_decoder *d, const struct vbc_xml *node,
			const struct vbc_param *p, void *to)
{
	size_t size = decode_member_size(p), i = 0;
	struct vbc_array array = {.n = decode_count_named(node, p->name)};
	char *members;
	int code = 0;

	if (!array.n)
		return 0;
	if (array.n > MEMBERS_MAX)
		return vbc_fail(d->err, VBC_E_PROTOCOL,
				"the reply to %s: '%s' has more than %d members", d->m->name,
				p->name, MEMBERS_MAX);
	members = vbc_arena_array(d->arena, array.n, size);
	if (!members)
		return vbc_fail_nomem(d->err);
	for (; !code && (node = vbc_xml_find(node, p->name)); node = node->next)
		code = decode_member(d, node, p, members + i++ * size);
	array.v = members;
	memcpy(to, &array, sizeof(array));
	return code;
}

int vbc_value_decode(const struct vbc_decoder *d, const struct vbc_xml *parent,
		     const struct vbc_param *p, void *to)
{
	const struct vbc_xml *first = parent ? parent->first : NULL;

	if (!vbc_in_ranges(&p->ranges, d->version))
		first = NULL;
	if (p->array)
		return decode_array(d, first, p, to);
	return decode_member(d, vbc_xml_find(first, p->name), p, to);
}
