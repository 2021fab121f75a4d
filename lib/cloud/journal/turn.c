/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/turn.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "vbox/aside.h"
#include "vbox/lease-holder.h"
#include "vbox/lease.h"
#include "vbox/meta.h"

#define PATIENCE_MS 5000
#define PAUSE_MS    20

/* Of the others whose programs are not known to be gone, how many there are, and go first. */
struct rivals {
	size_t n, first;
};

static int turn_count_rivals(struct vbc_op *op, const char *id, const char *own, struct rivals *ret)
{
	const char *prefix = vbc_arena_printf(&op->arena, "%s/", id);
	struct vbc_strs keys = {0};
	int code = prefix ? vbc_meta_ids(op, VBC_TURN_KIND, &keys) : vbc_fail_nomem(&op->error);

	*ret = (struct rivals){0};
	for (size_t i = 0; !code && i < keys.n; i++) {
		struct vbc_meta *VBC_META entry = NULL;
		enum vbc_holder holder = VBC_HOLDER_GONE;

		if (!vbc_starts_with(keys.v[i], prefix) || streq(keys.v[i], own))
			continue;
		code = vbc_meta_get(op, VBC_TURN_KIND, keys.v[i], &entry);
		if (!code && entry)
			code = vbc_holder_judge(op, entry, &holder);
		ret->n += holder != VBC_HOLDER_GONE;
		ret->first += holder != VBC_HOLDER_GONE && strcmp(keys.v[i], own) < 0;
	}
	return code;
}

int vbc_turn_fail_busy(struct vbc_op *op)
{
	return vbc_fail(&op->error, VBC_E_BUSY,
			"another program is working on it; try again when that is done");
}

/* The first waits for the others, who may have looked before its key was there. */
static int turn_await(struct vbc_op *op, const char *id, const char *own)
{
	int64_t deadline = vbc_now_ms() + PATIENCE_MS;

	for (;;) {
		struct rivals rivals;
		int code = turn_count_rivals(op, id, own, &rivals);

		if (code || !rivals.n)
			return code;
		if (rivals.first || vbc_now_ms() >= deadline)
			return vbc_turn_fail_busy(op);
		code = vbc_op_sleep(op, PAUSE_MS);
		if (code)
			return code;
	}
}

int vbc_turn_take(struct vbc_op *op, const char *id, const char **ret_key)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const char *key =
		vbc_arena_printf(&op->arena, "%s/%s/%" PRId64, id, op->vbox.s, op->running.number);
	const struct vbc_lease lease = {.kind = VBC_TURN_KIND, .id = key, .entry = entry};
	int code = key && entry ? vbc_lease_write(op, &lease) : vbc_fail_nomem(&op->error);

	*ret_key = NULL;
	if (code)
		return code;
	code = turn_await(op, id, key);
	if (code)
		vbc_turn_end(op, key);
	else
		*ret_key = key;
	return code;
}

void vbc_turn_end(struct vbc_op *op, const char *key)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool undoing = op->undoing;

	op->undoing = true;
	if (key)
		vbc_meta_delete(op, VBC_TURN_KIND, key);
	op->undoing = undoing;
}
