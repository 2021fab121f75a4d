/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/told.h"

#include <string.h>

#include "base/str.h"
#include "vbox/aside.h"

#define MIB       ((uint64_t)1 << 20)
#define TYPE_MARK "type=" /* before the attachment of an adapter */

/*
 * Whether text is told as it is. What XML has marks for is escaped once more in some releases, so
 * text with one of these marks is asked for again.
 */
static const char *text_if_plain(const char *text)
{
	return strchr(text, '&') ? NULL : text;
}

static uint32_t number_parse(const char *text, uint64_t unit)
{
	uint64_t number = 0;

	if (!vbc_parse_u64(text, UINT64_MAX, &number) || number % unit ||
	    number / unit > UINT32_MAX)
		return 0;
	return (uint32_t)(number / unit);
}

/* What an adapter is attached to; negative: what is told is not known here. */
static int attachment_parse(const char *text)
{
	const struct vbc_enum_info *info = &vbc_enums_info[VBC_ENUM_NetworkAttachmentType];

	if (!vbc_starts_with(text, TYPE_MARK))
		return -1;
	for (size_t i = 0; i < info->n; i++)
		if (streq(info->members[i].name, text + strlen(TYPE_MARK)))
			return (int)i;
	return -1;
}

static bool rows_belong_together(const struct vbc_told_rows *rows)
{
	size_t n = rows->types.n;

	return n && rows->vbox.n == n && rows->extra.n == n;
}

static void row_take(const struct vbc_told_rows *rows, size_t i, struct vbc_told *ret,
		     int *adapters)
{
	const char *value = rows->vbox.v[i];

	switch (rows->types.v[i]) {
	case VBC_VirtualSystemDescriptionType_Name: ret->name = text_if_plain(value); break;
	case VBC_VirtualSystemDescriptionType_OS: ret->os_type = text_if_plain(value); break;
	case VBC_VirtualSystemDescriptionType_Description:
		ret->description = text_if_plain(value);
		break;
	case VBC_VirtualSystemDescriptionType_CPU: ret->cpus = number_parse(value, 1); break;
	case VBC_VirtualSystemDescriptionType_Memory:
		ret->memory_mib = number_parse(value, MIB);
		break;
	case VBC_VirtualSystemDescriptionType_HardDiskImage: ret->has_disk = true; break;
	case VBC_VirtualSystemDescriptionType_NetworkAdapter:
		adapters[ret->n_adapters++] = attachment_parse(rows->extra.v[i]);
		break;
	default: break;
	}
}

int vbc_told_parse(struct vbc_op *op, const struct vbc_told_rows *rows, struct vbc_told *ret)
{
	int *adapters = VBC_ARENA_ARRAY(&op->arena, int, rows->types.n);

	*ret = (struct vbc_told){.known = false};
	if (!adapters)
		return vbc_fail_nomem(&op->error);
	if (!rows_belong_together(rows))
		return VBC_OK;
	ret->known = true;
	ret->description = ""; /* there is no row where there is none */
	ret->adapters = adapters;
	for (size_t i = 0; i < rows->types.n; i++)
		row_take(rows, i, ret, adapters);
	return VBC_OK;
}

struct telling {
	struct vbc_op *op;
	struct vbc_batch_call *calls;
	vbc_ref *descriptions;
	struct vbc_told_rows *rows;
	void *(*outs)[5]; /* of each description, in the order of its lists */
};

static bool telling_init(struct telling *t, size_t n)
{
	struct vbc_arena *a = &t->op->arena;

	t->calls = VBC_ARENA_ARRAY(a, struct vbc_batch_call, n);
	t->descriptions = VBC_ARENA_ARRAY(a, vbc_ref, n);
	t->rows = VBC_ARENA_ARRAY(a, struct vbc_told_rows, n);
	t->outs = vbc_arena_array(a, n, sizeof(*t->outs));
	return t->calls && t->descriptions && t->rows && t->outs;
}

/* Puts the machines into an appliance that is never written. */
static int descriptions_make(struct telling *t, vbc_ref appliance, const vbc_ref *machines,
			     size_t n)
{
	int code;

	for (size_t i = 0; i < n; i++)
		t->calls[i] = (struct vbc_batch_call){.method = VBC_M_IMachine_exportTo,
						      .self = machines[i],
						      .in = {{.s = appliance.s}, {.s = ""}},
						      .out = &t->descriptions[i],
						      .may_fail = true};
	code = vbc_batch(t->op, t->calls, n);
	t->op->calls += (unsigned)n * VBC_TOLD_WEIGHT;
	return code;
}

static int descriptions_read(struct telling *t, size_t n)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		struct vbc_told_rows *rows = &t->rows[i];

		if (vbc_ref_is_null(t->descriptions[i]))
			continue;
		t->outs[i][0] = &rows->types;
		t->outs[i][1] = &rows->refs;
		t->outs[i][2] = &rows->ovf;
		t->outs[i][3] = &rows->vbox;
		t->outs[i][4] = &rows->extra;
		t->calls[m++] = (struct vbc_batch_call){
			.method = VBC_M_IVirtualSystemDescription_getDescription,
			.self = t->descriptions[i],
			.outs = t->outs[i],
			.may_fail = true};
	}
	return vbc_batch(t->op, t->calls, m);
}

static int appliance_make(struct vbc_op *op, vbc_ref *ret_appliance)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_IVirtualBox_createAppliance(op, op->vbox, ret_appliance);

	return vbc_aside_forgive(&aside, code, op->stale ? 0 : VBC_REFUSALS);
}

int vbc_told_get(struct vbc_op *op, const vbc_ref *machines, size_t n, struct vbc_told *ret)
{
	struct telling t = {.op = op};
	vbc_ref appliance = {NULL};
	int code = VBC_OK;

	for (size_t i = 0; i < n; i++)
		ret[i] = (struct vbc_told){.known = false};
	if (n)
		code = appliance_make(op, &appliance);
	if (code || vbc_ref_is_null(appliance))
		return code;
	code = telling_init(&t, n) ? descriptions_make(&t, appliance, machines, n)
				   : vbc_fail_nomem(&op->error);
	if (!code)
		code = descriptions_read(&t, n);
	for (size_t i = 0; !code && i < n; i++)
		code = vbc_told_parse(op, &t.rows[i], &ret[i]);
	vbc_op_release_small(op, appliance);
	return code;
}
