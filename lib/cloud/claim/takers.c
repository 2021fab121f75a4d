/* SPDX-License-Identifier: Apache-2.0 */
#include "claim/takers.h"

#include "base/str.h"
#include "host/machines.h"
#include "journal/entry.h"
#include "vbox/aside.h"
#include "vbox/lease-holder.h"
#include "vbox/meta.h"

/* -- claims --------------------------------------------------------------------------------- */

/* It cannot be held any more, and its program does not remove it. */
static void claim_remove_dead(struct vbc_op *op, const char *id)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (!op->host->dry_run)
		vbc_meta_delete(op, VBC_CLAIM_KIND, id);
}

/*
 * A program that is gone cannot have begun to make its node unless the journal says so; if it does,
 * its last call may still be under way.
 */
static int claim_judge_owner(struct vbc_op *op, const struct vbc_claimed *claim,
			     const struct vbc_meta *entry, bool *ret_counts)
{
	enum vbc_holder holder = VBC_HOLDER_LIVES;
	int code = claim->held ? VBC_OK : vbc_holder_judge(op, entry, &holder);

	*ret_counts = holder != VBC_HOLDER_GONE;
	if (!code && !*ret_counts)
		claim_remove_dead(op, claim->id);
	return code;
}

static int claim_read(struct vbc_op *op, const char *id, const char *text,
		      const struct vbc_strs *doing, struct vbc_takers *to)
{
	struct vbc_meta *VBC_META entry = text[0] ? vbc_meta_parse(text) : NULL;
	struct vbc_claimed claim = {.id = id, .held = vbc_strs_has(doing, id)};
	bool counts = false;
	int code = entry ? claim_judge_owner(op, &claim, entry, &counts) : VBC_OK;

	if (code || !counts)
		return code;
	claim.asks = (struct vbc_amount){
		.cpus = vbc_meta_count(entry, "cpus", UINT32_MAX),
		.memory_mib = vbc_meta_count(entry, "memory_mb", UINT32_MAX),
	};
	to->texts[to->n_claims] = text;
	to->claims[to->n_claims++] = claim;
	return VBC_OK;
}

static int takers_read_claims(struct vbc_op *op, struct vbc_takers *to)
{
	struct vbc_strs ids = {0}, doing = {0};
	const char **texts = NULL;
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &to->keys);

	to->n_claims = 0;
	if (!code)
		code = vbc_meta_ids_of(op, &to->keys, VBC_CLAIM_KIND, &ids);
	if (!code)
		code = vbc_meta_ids_of(op, &to->keys, VBC_JOURNAL_KIND, &doing);
	if (!code && ids.n)
		code = vbc_meta_texts(op, VBC_CLAIM_KIND, &ids, &texts);
	if (code)
		return code;
	to->claims = VBC_ARENA_ARRAY(&op->arena, struct vbc_claimed, ids.n);
	to->texts = VBC_ARENA_ARRAY(&op->arena, const char *, ids.n);
	if (!to->claims || !to->texts)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < ids.n; i++)
		code = claim_read(op, ids.v[i], texts[i], &doing, to);
	return code;
}

/* -- machines ------------------------------------------------------------------------------- */

static const struct vbc_taker *taker_find(const struct vbc_takers *takers, vbc_ref machine)
{
	for (size_t i = 0; i < takers->n_machines; i++)
		if (streq(takers->machines[i].machine.s, machine.s))
			return &takers->machines[i];
	return NULL;
}

/* One that VirtualBox cannot read, or that is gone meanwhile, fails nothing. */
static int takers_ask(struct vbc_op *op, struct vbc_taker *const *v, size_t n)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, 2 * n);
	uint32_t *answers = VBC_ARENA_ARRAY(&op->arena, uint32_t, 2 * n);
	int code;

	if (!calls || !answers)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < 2 * n; i++)
		calls[i] = (struct vbc_batch_call){.method = i % 2 ? VBC_M_IMachine_getMemorySize
								   : VBC_M_IMachine_getCPUCount,
						   .self = v[i / 2]->machine,
						   .out = &answers[i],
						   .may_fail = true};
	code = n ? vbc_batch(op, calls, 2 * n) : VBC_OK;
	for (size_t i = 0; !code && i < n; i++)
		v[i]->has = (struct vbc_amount){.cpus = answers[2 * i],
						.memory_mib = answers[2 * i + 1]};
	return code;
}

static int takers_read_machines(struct vbc_op *op, struct vbc_takers *to)
{
	struct vbc_refs refs = {0};
	int code = vbc_machines_list(op, &refs);
	struct vbc_taker *machines = VBC_ARENA_ARRAY(&op->arena, struct vbc_taker, refs.n);
	struct vbc_taker **fresh = VBC_ARENA_ARRAY(&op->arena, struct vbc_taker *, refs.n);
	size_t n = 0;

	if (code)
		return code;
	if (!machines || !fresh)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < refs.n; i++) {
		const struct vbc_taker *known = taker_find(to, refs.v[i]);

		machines[i] = known ? *known : (struct vbc_taker){.machine = refs.v[i], .id = ""};
		if (!known)
			fresh[n++] = &machines[i];
	}
	to->machines = machines;
	to->n_machines = refs.n;
	return takers_ask(op, fresh, n);
}

int vbc_takers_read(struct vbc_op *op, struct vbc_takers *takers)
{
	int code = takers_read_claims(op, takers);

	return code ? code : takers_read_machines(op, takers);
}

/* -- both ----------------------------------------------------------------------------------- */

static int takers_ask_ids(struct vbc_op *op, const struct vbc_takers *takers)
{
	struct vbc_batch_call *calls =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, takers->n_machines);
	size_t n = 0;

	if (!calls)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < takers->n_machines; i++)
		if (!takers->machines[i].id[0])
			calls[n++] = (struct vbc_batch_call){.method = VBC_M_IMachine_getId,
							     .self = takers->machines[i].machine,
							     .out = &takers->machines[i].id,
							     .fixed = true};
	return n ? vbc_batch(op, calls, n) : VBC_OK;
}

static bool takers_have_machine(const struct vbc_takers *takers, const char *id)
{
	for (size_t i = 0; i < takers->n_machines; i++)
		if (streq(takers->machines[i].id, id))
			return true;
	return false;
}

int vbc_takers_tell_apart(struct vbc_op *op, struct vbc_takers *takers)
{
	size_t n = 0;
	int code = takers->n_claims ? takers_ask_ids(op, takers) : VBC_OK;

	for (size_t i = 0; !code && i < takers->n_claims; i++) {
		if (takers_have_machine(takers, takers->claims[i].id))
			continue;
		takers->texts[n] = takers->texts[i];
		takers->claims[n++] = takers->claims[i];
	}
	if (!code)
		takers->n_claims = n;
	return code;
}

struct vbc_amount vbc_takers_machines(const struct vbc_takers *takers)
{
	struct vbc_amount sum = {0};

	for (size_t i = 0; i < takers->n_machines; i++)
		vbc_amount_add(&sum, takers->machines[i].has);
	return sum;
}

struct vbc_amount vbc_takers_all(const struct vbc_takers *takers)
{
	struct vbc_amount sum = vbc_takers_machines(takers);

	for (size_t i = 0; i < takers->n_claims; i++)
		vbc_amount_add(&sum, takers->claims[i].asks);
	return sum;
}
