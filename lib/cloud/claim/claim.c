/* SPDX-License-Identifier: Apache-2.0 */
#include "claim/claim.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/overcommit.h"
#include "claim/takers.h"
#include "host/size.h"
#include "journal/entry.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

#define PAUSE_MS    20
#define PATIENCE_MS 10000 /* with claims of programs that may be gone, and make nothing of them */

static uint64_t amount_left(uint64_t room, uint64_t taken)
{
	return taken < room ? room - taken : 0;
}

static int claim_refuse(struct vbc_op *op, struct vbc_amount asks, struct vbc_amount taken,
			struct vbc_amount room)
{
	if (taken.memory_mib + asks.memory_mib > room.memory_mib)
		return vbc_fail(&op->error, VBC_E_SPACE,
				VBC_NO_ROOM "%" PRIu64 " MiB free, %" PRIu64 " asked",
				amount_left(room.memory_mib, taken.memory_mib), asks.memory_mib);
	return vbc_fail(&op->error, VBC_E_SPACE,
			VBC_NO_ROOM "%" PRIu64 " of %" PRIu64 " CPUs free, %" PRIu64 " asked",
			amount_left(room.cpus, taken.cpus), room.cpus, asks.cpus);
}

static struct vbc_meta *claim_write_text(const struct vbc_claim_for *what)
{
	struct vbc_meta *meta = vbc_meta_new();

	if (!meta)
		return NULL;
	vbc_meta_set_int(meta, "cpus", what->cpus);
	vbc_meta_set_int(meta, "memory_mb", what->memory_mib);
	vbc_meta_set_int(meta, "disk_gb", what->disk_gib);
	for (size_t i = 0; i < what->n_tags; i++) {
		const char *value = what->tags[i].value;

		if (vbc_meta_set_in(meta, VBC_CLAIM_TAGS, what->tags[i].key, value ? value : ""))
			continue;
		vbc_meta_free(meta);
		return NULL;
	}
	return meta;
}

/* Those that are machines by now are counted twice at first, which matters only where it is close.
 */
static int claim_look(struct vbc_op *op, const struct vbc_claimed *own, struct vbc_amount room,
		      struct vbc_takers *takers, enum vbc_claim_verdict *ret)
{
	int code = vbc_takers_read(op, takers);

	if (code)
		return code;
	*ret = vbc_claim_judge(takers->claims, takers->n_claims, own, vbc_takers_machines(takers),
			       room);
	if (*ret == VBC_CLAIM_HELD)
		return VBC_OK;
	code = vbc_takers_tell_apart(op, takers);
	if (!code)
		*ret = vbc_claim_judge(takers->claims, takers->n_claims, own,
				       vbc_takers_machines(takers), room);
	return code;
}

/* What is taken by others than the claim itself. */
static struct vbc_amount takers_others(const struct vbc_takers *takers, struct vbc_amount own)
{
	struct vbc_amount all = vbc_takers_all(takers);

	return (struct vbc_amount){.cpus = amount_left(all.cpus, own.cpus),
				   .memory_mib = amount_left(all.memory_mib, own.memory_mib)};
}

static int claim_await(struct vbc_op *op, const struct vbc_claimed *own, struct vbc_amount room)
{
	int64_t deadline = vbc_now_ms() + PATIENCE_MS;
	struct vbc_takers takers = {0};

	for (;;) {
		enum vbc_claim_verdict verdict = VBC_CLAIM_REFUSED;
		int code = claim_look(op, own, room, &takers, &verdict);

		if (code || verdict == VBC_CLAIM_HELD)
			return code;
		if (verdict == VBC_CLAIM_REFUSED || vbc_now_ms() >= deadline)
			return claim_refuse(op, own->asks, takers_others(&takers, own->asks), room);
		code = vbc_op_sleep(op, PAUSE_MS);
		if (code)
			return code;
	}
}

int vbc_claim_take(struct vbc_op *op, const struct vbc_claim_for *what,
		   const struct vbc_overcommit *within, struct vbc_claim *claim)
{
	const struct vbc_claimed own = {
		.id = what->id, .asks = {.cpus = what->cpus, .memory_mib = what->memory_mib}};
	struct vbc_limits limits = {0};
	struct vbc_amount room;
	int code;

	if (op->host->dry_run)
		return VBC_OK;
	code = vbc_host_limits(op, &limits);
	if (code)
		return code;
	claim->entry = claim_write_text(what);
	if (!claim->entry)
		return vbc_fail_nomem(&op->error);
	claim->lease =
		(struct vbc_lease){.kind = VBC_CLAIM_KIND, .id = what->id, .entry = claim->entry};
	code = vbc_lease_write(op, &claim->lease);
	if (!code) {
		vbc_lease_keep(op, &claim->lease);
		room.cpus = vbc_overcommit_cpus(within, limits.cpus);
		room.memory_mib = vbc_overcommit_memory(within, limits.memory_mib);
		code = claim_await(op, &own, room);
	}
	if (code)
		vbc_claim_drop(op, claim);
	return code;
}

void vbc_claim_drop(struct vbc_op *op, struct vbc_claim *claim)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool undoing = op->undoing;

	if (!claim->entry)
		return;
	vbc_lease_stop(op, &claim->lease);
	op->undoing = true;
	vbc_meta_delete(op, VBC_CLAIM_KIND, claim->lease.id);
	op->undoing = undoing;
	vbc_meta_free(claim->entry);
	claim->entry = NULL;
}
