/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/entry.h"

#include "base/clock.h"
#include "base/str.h"
#include "journal/kind.h"
#include "journal/turn.h"
#include "vbox/aside.h"
#include "vbox/call.h"
#include "vbox/host-clock.h"
#include "vbox/lease-holder.h"
#include "vbox/lease.h"
#include "vbox/meta.h"
#include "vbox/websession.h"

#define PATIENCE_MS 15000
#define PAUSE_MS    200

/* In an entry whose undo has begun: IVirtualBox of the web session that does it, since when, and
 * the how manieth it is that broke off. */
#define UNDOING       "undoing"
#define UNDOING_SINCE "undoing_since_ms"
#define UNDOING_TRIES "undoing_tries"

#define SESSION_LIVES_MS 240000 /* at the least: vboxwebsrv forgets one that is idle for 300 s */
#define TRIES            2

const struct vbc_journal_kind *vbc_journal_kind_of(const struct vbc_meta *entry)
{
	for (size_t i = 0; i < vbc_recovery.n_kinds; i++)
		if (streq(vbc_recovery.kinds[i].kind, vbc_meta_str(entry, "kind")))
			return &vbc_recovery.kinds[i];
	return NULL;
}

static int journal_fail_occupied(struct vbc_op *op, const struct vbc_meta *other, bool lives)
{
	const struct vbc_journal_kind *kind = vbc_journal_kind_of(other);
	const char *text = kind ? kind->text : "work of a program newer than this one";

	if (lives)
		return vbc_turn_fail_busy(op);
	return vbc_fail_hint(&op->error, VBC_E_BUSY, VBC_HINT_GC,
			     "it is %s, and could not be cleaned up yet", text);
}

/* Whether this operation is the one that undoes it, or could not. */
static bool journal_is_undone_by(const struct vbc_op *op, const struct vbc_meta *entry)
{
	return streq(vbc_meta_str(entry, UNDOING), op->vbox.s) &&
	       vbc_meta_int(entry, VBC_LEASE_OP) == op->running.number;
}

/*
 * The entry that is there under this id; NULL: none. Who is gone may have removed it, and only then
 * ended: so it is read again.
 */
static int journal_find_other(struct vbc_op *op, const char *id, struct vbc_meta **ret,
			      enum vbc_holder *ret_holder)
{
	bool same = false;
	int code = vbc_meta_get(op, VBC_JOURNAL_KIND, id, ret);

	if (code || !*ret || journal_is_undone_by(op, *ret))
		return code;
	code = vbc_holder_judge(op, *ret, ret_holder);
	if (code || *ret_holder == VBC_HOLDER_LIVES)
		return code;
	code = vbc_holder_reread(op, VBC_JOURNAL_KIND, id, ret, &same);
	if (!same)
		*ret_holder = VBC_HOLDER_LIVES;
	return code;
}

/*
 * An entry that is there under this id tells what else is to be undone, and stays: that was tried
 * when the operation began, see vbc_run_recovered(). It may have come since, while a lock was
 * waited for. Only what was kept to be gone on with is replaced.
 */
static int journal_check_free(struct vbc_op *op, const char *kind, const char *id)
{
	int64_t deadline = vbc_now_ms() + PATIENCE_MS;

	for (;;) {
		struct vbc_meta *VBC_META other = NULL;
		enum vbc_holder holder = VBC_HOLDER_GONE;
		int64_t utc_ms;
		/* It is asked now, so that nothing comes between looking and writing. */
		int code = vbc_host_clock(op, &utc_ms);

		if (!code)
			code = journal_find_other(op, id, &other, &holder);
		if (code || !other)
			return code;
		if (holder != VBC_HOLDER_LIVES && vbc_meta_date(other, VBC_JOURNAL_KEPT) &&
		    streq(vbc_meta_str(other, "kind"), kind))
			return VBC_OK;
		if (holder != VBC_HOLDER_LIVES || vbc_now_ms() >= deadline)
			return journal_fail_occupied(op, other, holder == VBC_HOLDER_LIVES);
		code = vbc_op_sleep(op, PAUSE_MS);
		if (code)
			return code;
	}
}

int vbc_journal_begin_new(struct vbc_op *op, const char *kind, const char *id,
			  struct vbc_meta *entry)
{
	struct vbc_lease *lease = VBC_ARENA_NEW(&op->arena, struct vbc_lease);

	if (!lease)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(entry, "kind", kind);
	*lease = (struct vbc_lease){
		.kind = VBC_JOURNAL_KIND, .id = id, .entry = entry, .work = true};
	vbc_lease_keep(op, lease);
	return vbc_lease_write(op, lease);
}

int vbc_journal_begin(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta *entry)
{
	int code = journal_check_free(op, kind, id);

	return code ? code : vbc_journal_begin_new(op, kind, id, entry);
}

int vbc_journal_end(struct vbc_op *op, const char *id)
{
	int code = vbc_meta_delete(op, VBC_JOURNAL_KIND, id);

	if (!code)
		vbc_lease_stop(op, vbc_lease_of_work(op));
	return code;
}

static int journal_find_ours(struct vbc_op *op, const struct vbc_lease *lease, bool *ret)
{
	struct vbc_meta *VBC_META now = NULL;
	int code = vbc_meta_get(op, lease->kind, lease->id, &now);

	*ret = !code && now && journal_is_undone_by(op, now);
	return code;
}

/* As read, an entry may be that of another client's undo by now. */
static int journal_check_unchanged(struct vbc_op *op, const struct vbc_lease *lease, bool *ret)
{
	struct vbc_meta *VBC_META now = NULL;
	int code = vbc_meta_get(op, lease->kind, lease->id, &now);

	*ret = !code && now && vbc_meta_same(now, lease->entry);
	return code;
}

/* Only one looks, and writes, at a time. */
int vbc_journal_claim(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta *entry)
{
	const char *turn;
	int code = vbc_turn_take(op, id, &turn);

	if (!code)
		code = vbc_journal_begin(op, kind, id, entry);
	vbc_turn_end(op, turn);
	return code;
}

/*
 * Says in the entry that its undo has begun, so that one in which the host's service ends is known
 * by what it leaves. That the client ended meanwhile leaves the same; but then its web session,
 * which is named there, lives on for a while.
 */
static int journal_write_mark(struct vbc_op *op, const struct vbc_lease *lease, int64_t utc_ms)
{
	struct vbc_meta *entry = lease->entry;

	vbc_meta_set_str(entry, UNDOING, op->vbox.s);
	vbc_meta_set_int(entry, UNDOING_SINCE, utc_ms);
	vbc_meta_set_int(entry, UNDOING_TRIES,
			 vbc_meta_count(entry, UNDOING_TRIES, UINT16_MAX) + 1);
	return vbc_lease_write(op, lease);
}

/* Of several clients that begin with another's entry at once the others find it changed. */
static int journal_mark_foreign(struct vbc_op *op, const struct vbc_lease *lease, int64_t utc_ms)
{
	const char *turn;
	bool same = false;
	int code = vbc_turn_take(op, lease->id, &turn);

	if (!code)
		code = journal_check_unchanged(op, lease, &same);
	if (!code)
		code = same ? journal_write_mark(op, lease, utc_ms) : vbc_turn_fail_busy(op);
	vbc_turn_end(op, turn);
	return code;
}

/* From then on the entry is ours. */
static int journal_mark_undoing(struct vbc_op *op, struct vbc_lease *lease, bool foreign)
{
	int64_t utc_ms = 0;
	int code = vbc_host_clock(op, &utc_ms);

	if (!code)
		code = foreign ? journal_mark_foreign(op, lease, utc_ms)
			       : journal_write_mark(op, lease, utc_ms);
	if (!code)
		vbc_lease_keep(op, lease);
	return code;
}

/*
 * It is tried again by whoever comes next, also while this program lives. Where the host cannot be
 * told so, the web session lives on, or its end would be taken for that of the service.
 */
static void journal_unmark_undoing(struct vbc_op *op, const struct vbc_lease *lease)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_meta *entry = lease->entry;
	bool ours = false;
	int code = journal_find_ours(op, lease, &ours);

	if (!code && ours) {
		vbc_meta_set_str(entry, UNDOING, "");
		vbc_meta_set_int(entry, UNDOING_TRIES, 0);
		vbc_holder_leave(entry);
		code = vbc_meta_put(op, lease->kind, lease->id, entry);
	}
	if (code)
		vbc_websession_spare(op);
}

/* Where no call can be made any more, the operation's error tells. */
static void journal_tell_failed(struct vbc_op *op, const struct vbc_journal_kind *kind,
				const char *id, bool quiet)
{
	if (op->error.code && !op->given_up)
		vbc_op_log(op, quiet ? 2 : 0, "could not clean up after %s %s yet: %s",
			   kind ? kind->text : "unknown work", id, op->error.text);
}

static int journal_recover_entry(struct vbc_op *op, const char *id, struct vbc_meta *entry,
				 bool foreign, bool quiet)
{
	struct vbc_lease lease = {.kind = VBC_JOURNAL_KIND, .id = id, .entry = entry, .work = true};
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const struct vbc_journal_kind *kind = vbc_journal_kind_of(entry);
	bool undoing = op->undoing;
	int code = kind ? VBC_OK : VBC_E_VERSION;

	op->undoing = true;
	if (!code)
		code = journal_mark_undoing(op, &lease, foreign);
	if (!code && foreign)
		vbc_op_log(op, 1, "removing %s: %s", kind->text, id);
	if (!code)
		code = kind->undo(op, id, entry);
	/* Whatever it makes of that: what VirtualBox still works on is not undone. */
	if (!code && op->broken_off)
		code = vbc_op_fail_over(op, &op->error);
	vbc_lease_stop(op, &lease);
	if (!code) {
		vbc_meta_delete(op, VBC_JOURNAL_KIND, id);
	} else {
		journal_tell_failed(op, kind, id, quiet && code == VBC_E_BUSY);
		if (op->given_up && !foreign)
			vbc_call_tell_left(&aside.error);
		journal_unmark_undoing(op, &lease);
	}
	op->undoing = undoing;
	return code;
}

int vbc_journal_recover(struct vbc_op *op, const char *id, struct vbc_meta *entry, bool quiet)
{
	return journal_recover_entry(op, id, entry, true, quiet);
}

void vbc_journal_undo(struct vbc_op *op, const char *id, struct vbc_meta *entry)
{
	const struct vbc_lease *lease = vbc_lease_of_work(op);

	if (!lease || lease->entry != entry)
		return; /* it has not begun */
	vbc_lease_stop(op, lease);
	/* In a session that is gone nothing can be undone: the next client does. And what is not
	 * even written into the journal has not begun. */
	if (!op->stale && op->wrote)
		journal_recover_entry(op, id, entry, false, false);
}

int vbc_journal_find_broken(struct vbc_op *op, const struct vbc_meta *entry, bool *ret)
{
	const char *vbox = vbc_meta_str(entry, UNDOING);
	bool alive = true;
	int64_t utc_ms = 0;
	int code = vbox[0] ? vbc_websession_lives(op, (vbc_ref){vbox}, &alive) : VBC_OK;

	if (!code && !alive)
		code = vbc_host_clock(op, &utc_ms);
	*ret = !alive && (utc_ms - vbc_meta_date(entry, UNDOING_SINCE) < SESSION_LIVES_MS ||
			  vbc_meta_count(entry, UNDOING_TRIES, UINT16_MAX) >= TRIES);
	return code;
}
