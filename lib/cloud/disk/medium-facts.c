/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/medium-facts.h"

#include <string.h>

#include "base/str.h"
#include "host/tree.h"

/* What the host has answered for one medium. */
struct answers {
	enum vbc_MediumState state;
	int64_t size_bytes, used_bytes;
	struct vbc_enums variant;
};

struct asking {
	struct vbc_op *op;
	struct answers *answers;
	struct vbc_batch_call *calls;
	size_t *of; /* which medium each call is about */
	size_t n_calls;
	struct vbc_medium_facts *facts;
};

static void facts_add_call(struct asking *a, enum vbc_method_id method, vbc_ref medium, size_t i,
			   void *out)
{
	a->of[a->n_calls] = i;
	a->calls[a->n_calls++] =
		(struct vbc_batch_call){.method = method, .self = medium, .out = out};
}

static int facts_run_calls(struct asking *a)
{
	int code = vbc_batch(a->op, a->calls, a->n_calls);

	for (size_t i = 0; !code && i < a->n_calls; i++)
		if (a->calls[i].code)
			a->facts[a->of[i]].gone = true;
	a->n_calls = 0;
	return code;
}

/* What VirtualBox has read the file of, now or when it was locked. */
static bool facts_was_read(enum vbc_MediumState state)
{
	return state == VBC_MediumState_Created || state == VBC_MediumState_LockedRead ||
	       state == VBC_MediumState_LockedWrite;
}

static bool facts_is_fixed(const struct vbc_enums *variant)
{
	for (size_t i = 0; i < variant->n; i++)
		if (variant->v[i] == VBC_MediumVariant_Fixed)
			return true;
	return false;
}

/* What is known of those that machines have which are up. */
static int facts_ask_up(struct asking *a, const vbc_ref *media, const bool *up, size_t n)
{
	int code;

	for (size_t i = 0; i < n; i++)
		if (up[i])
			facts_add_call(a, VBC_M_IMedium_getLogicalSize, media[i], i,
				       &a->answers[i].size_bytes);
	code = facts_run_calls(a);
	for (size_t i = 0; i < n; i++)
		if (up[i] && a->answers[i].size_bytes > 0)
			a->answers[i].state = VBC_MediumState_LockedWrite;
	return code;
}

static int facts_ask_all(struct asking *a, const vbc_ref *media, size_t n, unsigned wanted)
{
	int code;

	for (size_t i = 0; i < n; i++)
		if (!a->facts[i].gone && a->answers[i].size_bytes <= 0)
			facts_add_call(a, VBC_M_IMedium_refreshState, media[i], i,
				       &a->answers[i].state);
	code = facts_run_calls(a);
	for (size_t i = 0; i < n; i++) {
		struct answers *its = &a->answers[i];

		if (a->facts[i].gone || !facts_was_read(its->state))
			continue;
		if (its->size_bytes <= 0)
			facts_add_call(a, VBC_M_IMedium_getLogicalSize, media[i], i,
				       &its->size_bytes);
		if (wanted & VBC_FACT_USED)
			facts_add_call(a, VBC_M_IMedium_getSize, media[i], i, &its->used_bytes);
		if (wanted & VBC_FACT_LAYOUT)
			facts_add_call(a, VBC_M_IMedium_getVariant, media[i], i, &its->variant);
	}
	return code ? code : facts_run_calls(a);
}

int vbc_medium_facts(struct vbc_op *op, const vbc_ref *media, const bool *up, size_t n,
		     unsigned wanted, struct vbc_medium_facts *ret)
{
	struct asking a = {.op = op, .facts = ret};
	int code = VBC_OK;

	a.answers = VBC_ARENA_ARRAY(&op->arena, struct answers, n);
	a.calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, 3 * n);
	a.of = VBC_ARENA_ARRAY(&op->arena, size_t, 3 * n);
	if (!a.answers || !a.calls || !a.of)
		return vbc_fail_nomem(&op->error);
	if (n)
		memset(ret, 0, n * sizeof(*ret));
	if (up)
		code = facts_ask_up(&a, media, up, n);
	if (!code)
		code = facts_ask_all(&a, media, n, wanted);
	for (size_t i = 0; !code && i < n; i++) {
		const struct answers *its = &a.answers[i];

		ret[i].in_use = its->state != VBC_MediumState_Created;
		if (ret[i].gone || its->size_bytes <= 0)
			continue;
		ret[i].size_bytes = (uint64_t)its->size_bytes;
		ret[i].used_bytes = its->used_bytes > 0 ? (uint64_t)its->used_bytes : 0;
		ret[i].fixed = facts_is_fixed(&its->variant);
	}
	return code;
}

/*
 * Of a disk that is linked to another VirtualBox looks at its own file only; and the progress of a
 * copy that fails for want of the other never ends.
 */
static int facts_check_parents(struct vbc_op *op, vbc_ref medium, const char *noun,
			       const char *name)
{
	enum vbc_MediumState state = VBC_MediumState_Created;
	int code = vbc_IMedium_getParent(op, medium, &medium);

	for (unsigned depth = 0; !code && !vbc_ref_is_null(medium); depth++) {
		code = vbc_tree_check(op, 0, depth);
		if (!code)
			code = vbc_IMedium_refreshState(op, medium, &state);
		if (!code && !facts_was_read(state))
			code = vbc_medium_fail_unknown(op, medium, noun, name);
		if (!code)
			code = vbc_IMedium_getParent(op, medium, &medium);
	}
	return code;
}

int vbc_medium_size(struct vbc_op *op, vbc_ref medium, const char *noun, const char *name,
		    uint64_t *ret_bytes)
{
	struct vbc_medium_facts facts;
	int code = vbc_medium_facts(op, &medium, NULL, 1, 0, &facts);

	if (!code && !facts.size_bytes)
		code = vbc_medium_fail_unknown(op, medium, noun, name);
	if (!code)
		code = facts_check_parents(op, medium, noun, name);
	if (!code)
		*ret_bytes = facts.size_bytes;
	return code;
}

int vbc_medium_opened_size(struct vbc_op *op, vbc_ref medium, const char *noun, const char *name,
			   uint64_t *ret_bytes)
{
	enum vbc_MediumState state = VBC_MediumState_NotCreated;
	int64_t bytes = 0;
	int code = vbc_IMedium_getState(op, medium, &state);

	if (!code && facts_was_read(state))
		code = vbc_IMedium_getLogicalSize(op, medium, &bytes);
	if (!code && bytes <= 0)
		return vbc_medium_size(op, medium, noun, name, ret_bytes);
	if (!code)
		*ret_bytes = (uint64_t)bytes;
	return code;
}

int vbc_medium_fail_unknown(struct vbc_op *op, vbc_ref medium, const char *noun, const char *name)
{
	enum vbc_MediumState state = VBC_MediumState_NotCreated;
	const char *why = "";
	int64_t bytes = -1;
	int code = vbc_IMedium_refreshState(op, medium, &state);

	if (!code)
		code = vbc_IMedium_getLastAccessError(op, medium, &why);
	if (!code && facts_was_read(state))
		code = vbc_IMedium_getLogicalSize(op, medium, &bytes);
	if (code)
		return code;
	if (bytes == 0)
		return vbc_fail(&op->error, VBC_E_FAULT,
				"the disk of %s '%s' has a size of 0: it is empty and cannot be "
				"used; replace its file with one that has content",
				noun, name);
	if (state != VBC_MediumState_Inaccessible)
		return vbc_fail(&op->error, VBC_E_BUSY,
				"the size of the disk of %s '%s' is unknown while another program "
				"is using it; try again later",
				noun, name);
	why = vbc_arena_strndup(&op->arena, why, strlen(why) - vbc_ends_with(why, "."));
	if (!why)
		return vbc_fail_nomem(&op->error);
	return vbc_fail(
		&op->error, VBC_E_FAULT,
		"VirtualBox cannot read the disk of %s '%s', so its size is unknown; put its "
		"file back, or make it readable, and try again: %s",
		noun, name, why);
}
