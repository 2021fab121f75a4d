/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Recovery, which operations begin with: looks for programs that are gone, and puts right what
 * they left. It waits for nothing that they hold; where they are on another machine, for one sign
 * of life of theirs.
 */
#include "journal/recover.h"

#include <string.h>

#include "base/str.h"
#include "journal/entry.h"
#include "journal/kind.h"
#include "journal/turn.h"
#include "vbox/advisory-lock.h"
#include "vbox/aside.h"
#include "vbox/host-clock.h"
#include "vbox/lease-holder.h"
#include "vbox/lock-left.h"
#include "vbox/meta.h"

/* An entry that a program has written. */
struct word {
	const char *kind, *id;
	const char *json; /* what it says: read into memory, all at once would take a hundred times
			     that */
	enum vbc_holder holder;
};

struct words {
	struct word *v;
	size_t n;
};

/*
 * Told of by gc and a check of the host. What is left alone does not concern other commands, unless
 * it may end the host's service once more.
 */
static int recovery_report_leftover(struct vbc_op *op, const struct vbc_recover_how *how,
				    const struct word *w, const char *text, enum vbc_stuck stuck)
{
	bool loud = how->found || stuck == VBC_STUCK_SERVICE;

	if (!stuck || how->dry_run)
		return how->found ? how->found(op, how->arg, w->kind, w->id, text, stuck) : VBC_OK;
	if (stuck == VBC_STUCK_LOCKED)
		vbc_op_log(op, loud ? 0 : 2, "%s", text);
	else
		vbc_op_log(op, loud ? 0 : 2, "%s is %s", w->id, text);
	return VBC_OK;
}

/* Whether it says what its undo needs, and nothing that is not what it should be. */
static bool recovery_is_complete(const struct vbc_journal_kind *kind, const char *id,
				 const struct vbc_meta *entry)
{
	for (const struct vbc_journal_member *m = kind->members; m->name; m++)
		if (!vbc_meta_fits(entry, m->name, m->type, m->needed))
			return false;
	return vbc_is_uuid(id);
}

/* Whether and why it is not undone by itself; *ret_text says so. */
static int recovery_find_obstacle(struct vbc_op *op, const struct vbc_recover_how *how,
				  const struct vbc_journal_kind *kind, const char *id,
				  const struct vbc_meta *entry, enum vbc_stuck *ret,
				  const char **ret_text)
{
	bool broke = false;
	int code = VBC_OK;

	*ret_text = kind->text;
	if (how->force)
		return VBC_OK;
	if (!recovery_is_complete(kind, id, entry))
		*ret = VBC_STUCK_UNREADABLE;
	else
		code = vbc_journal_find_broken(op, entry, &broke);
	if (broke)
		*ret = VBC_STUCK_SERVICE;
	if (!code && *ret != VBC_STUCK_NOT)
		*ret_text = vbc_arena_printf(
			&op->arena, "%s; %s, so only a forced gc removes it", kind->text,
			broke ? "VirtualBox's service ended when it was cleaned up"
			      : "its entry in the journal does not say what there is to clean up");
	return *ret_text ? code : vbc_fail_nomem(&op->error);
}

/* Undoes it, or only removes an entry that tells nothing; true when it is gone. */
static bool work_undo(struct vbc_op *op, const struct vbc_recover_how *how,
		      const struct vbc_journal_kind *kind, const char *id, struct vbc_meta *entry)
{
	int code;

	if (!recovery_is_complete(kind, id, entry))
		return !vbc_meta_delete(op, VBC_JOURNAL_KIND, id);
	code = vbc_journal_recover(op, id, entry, !how->found);
	if (how->undid && code != VBC_E_BUSY)
		*how->undid = true;
	return !code;
}

/* Nobody need wait once more to see that its program is gone. */
static void recovery_mark_left(struct vbc_op *op, const struct vbc_recover_how *how,
			       const struct word *w, struct vbc_meta *entry)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (!how->dry_run && !vbc_holder_has_left(entry)) {
		vbc_holder_leave(entry);
		vbc_meta_put(op, w->kind, w->id, entry);
	}
}

static int work_recover(struct vbc_op *op, const struct vbc_recover_how *how, const struct word *w,
			struct vbc_meta *entry)
{
	const struct vbc_journal_kind *kind = vbc_journal_kind_of(entry);
	enum vbc_stuck stuck = VBC_STUCK_NOT;
	const char *text = "";
	int code;

	if (!kind) { /* of a newer program than this one */
		recovery_mark_left(op, how, w, entry);
		return VBC_OK;
	}
	code = recovery_find_obstacle(op, how, kind, w->id, entry, &stuck, &text);
	if (!code && stuck)
		recovery_mark_left(op, how, w, entry);
	if (!code && !stuck && !how->dry_run && !work_undo(op, how, kind, w->id, entry))
		return VBC_OK;
	return code ? code
		    : recovery_report_leftover(op, how,
					       &(struct word){.kind = kind->kind, .id = w->id},
					       text, stuck);
}

static int recovery_free_lock(struct vbc_op *op, const struct vbc_recover_how *how,
			      const struct word *w, struct vbc_meta *entry,
			      enum vbc_stuck *ret_stuck, const char **ret_text)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	int code;

	if (how->dry_run) {
		code = vbc_lock_check(op, w->id);
		if (code != VBC_E_BUSY)
			code = VBC_OK;
	} else {
		if (how->undid)
			*how->undid = true;
		code = vbc_lock_free(op, w->id);
		if (code)
			recovery_mark_left(op, how, w, entry);
		else
			vbc_op_log(op, 1, "freed the machine lock of a program that is gone: %s",
				   w->id);
	}
	if (code) {
		*ret_stuck = VBC_STUCK_LOCKED;
		*ret_text = vbc_arena_strdup(&op->arena, op->error.text);
	}
	vbc_aside_restore(&aside);
	return *ret_text ? VBC_OK : vbc_fail_nomem(&op->error);
}

/* Whether a program that lives works on the machine: it looks after the lock itself. */
static bool recovery_is_machine_used(const struct words *words, const struct word *w)
{
	size_t n = strcspn(w->id, "/");

	for (size_t i = 0; i < words->n; i++) {
		const struct word *other = &words->v[i];

		if (streq(other->kind, VBC_LOCK_KIND) && other->holder == VBC_HOLDER_LIVES &&
		    strncmp(other->id, w->id, n + 1) == 0)
			return true;
	}
	return false;
}

static int lock_recover(struct vbc_op *op, const struct vbc_recover_how *how,
			const struct words *words, const struct word *w, struct vbc_meta *entry)
{
	enum vbc_stuck stuck = VBC_STUCK_NOT;
	const char *text = "the machine lock of a program that is gone";
	int code;

	if (recovery_is_machine_used(words, w))
		return VBC_OK;
	code = recovery_free_lock(op, how, w, entry, &stuck, &text);
	return code ? code : recovery_report_leftover(op, how, w, text, stuck);
}

static int recovery_read_words(struct vbc_op *op, const char *kind, const struct vbc_strs *ids,
			       struct words *words)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < ids->n; i++) {
		struct word *w = &words->v[words->n];

		*w = (struct word){.kind = kind, .id = ids->v[i], .json = ""};
		code = vbc_meta_text(op, kind, w->id, &w->json);
		words->n += w->json[0] != '\0';
	}
	return code;
}

/* Whether the entry of a dead program is kept for a while for another to go on with its work. */
static int recovery_find_kept(struct vbc_op *op, const struct vbc_meta *entry, bool *ret)
{
	int64_t until = vbc_meta_date(entry, VBC_JOURNAL_KEPT), utc_ms = 0;
	int code = until ? vbc_host_clock(op, &utc_ms) : VBC_OK;

	*ret = until > utc_ms;
	return code;
}

static int recovery_judge_holder(struct vbc_op *op, const struct vbc_recover_how *how,
				 struct word *w)
{
	struct vbc_meta *VBC_META entry = vbc_meta_parse(w->json);
	bool kept = false;
	int code = VBC_OK;

	if (entry && !how->found)
		code = recovery_find_kept(op, entry, &kept);
	return code || kept || !entry ? code : vbc_holder_judge(op, entry, &w->holder);
}

static int recovery_judge_holders(struct vbc_op *op, const struct vbc_recover_how *how,
				  struct words *words, bool *ret_silent)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < words->n; i++) {
		code = recovery_judge_holder(op, how, &words->v[i]);
		*ret_silent = *ret_silent || words->v[i].holder == VBC_HOLDER_SILENT;
	}
	return code;
}

/* Whether it says what it said. */
static int recovery_read_again(struct vbc_op *op, struct word *w, bool *ret_same)
{
	const char *before = w->json;
	int code = vbc_meta_text(op, w->kind, w->id, &w->json);

	*ret_same = !code && streq(before, w->json);
	return code;
}

/*
 * Who is gone may have ended the work after its entry was read, and only then itself: so each is
 * read again. One wait for all that are silent. What has changed meanwhile is somebody's.
 */
static int recovery_look_again(struct vbc_op *op, struct words *words, bool silent)
{
	bool waited = false;
	int code = silent ? vbc_holder_wait(op, &waited) : VBC_OK;

	for (size_t i = 0; !code && i < words->n; i++) {
		struct word *w = &words->v[i];
		bool same = false;

		/* A command with more time finds out whether it is gone. */
		if (w->holder == VBC_HOLDER_GONE || (w->holder == VBC_HOLDER_SILENT && waited))
			code = recovery_read_again(op, w, &same);
		w->holder = same ? VBC_HOLDER_GONE : VBC_HOLDER_LIVES;
	}
	return code;
}

/*
 * Nothing was done yet in a turn, nor with room that is claimed: no more is to be told of these
 * than of those that have ended.
 */
static int request_recover(struct vbc_op *op, const struct vbc_recover_how *how,
			   const struct word *w)
{
	return how->dry_run ? VBC_OK : vbc_meta_delete(op, w->kind, w->id);
}

static int recovery_handle_one(struct vbc_op *op, const struct vbc_recover_how *how,
			       const struct words *words, const struct word *w)
{
	struct vbc_meta *VBC_META entry = vbc_meta_parse(w->json);

	if (!entry)
		return vbc_fail_nomem(&op->error); /* it could be read before */
	if (streq(w->kind, VBC_TURN_KIND) || streq(w->kind, VBC_CLAIM_KIND))
		return request_recover(op, how, w);
	return streq(w->kind, VBC_LOCK_KIND) ? lock_recover(op, how, words, w, entry)
					     : work_recover(op, how, w, entry);
}

/* Locks before work, whose undo needs them. */
static int recovery_handle_all(struct vbc_op *op, const struct vbc_recover_how *how,
			       struct words *words)
{
	size_t done = 0;
	int code = VBC_OK;

	op->recovering = true;
	for (size_t i = 0; !code && i < words->n; i++) {
		struct word *w = &words->v[i];
		bool same = true;

		if (w->holder != VBC_HOLDER_GONE)
			continue;
		if (done++) /* the one before may have taken long */
			code = recovery_read_again(op, w, &same);
		if (!code && same)
			code = recovery_handle_one(op, how, words, w);
	}
	op->recovering = false;
	return code;
}

/* In the order in which they are handled: room stays claimed until what it was for is undone. */
static const char *const word_kinds[] = {VBC_TURN_KIND, VBC_LOCK_KIND, VBC_JOURNAL_KIND,
					 VBC_CLAIM_KIND};

static int recovery_read_all(struct vbc_op *op, const struct vbc_strs *keys, struct words *ret)
{
	struct vbc_strs ids[VBC_COUNT(word_kinds)] = {{0}};
	size_t n = 0;
	int code = VBC_OK;

	for (size_t i = 0; !code && i < VBC_COUNT(word_kinds); i++) {
		code = vbc_meta_ids_of(op, keys, word_kinds[i], &ids[i]);
		n += ids[i].n;
	}
	if (code || !n)
		return code;
	ret->v = VBC_ARENA_ARRAY(&op->arena, struct word, n);
	if (!ret->v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < VBC_COUNT(word_kinds); i++)
		code = recovery_read_words(op, word_kinds[i], &ids[i], ret);
	return code;
}

int vbc_recover(struct vbc_op *op, const struct vbc_strs *keys, const struct vbc_recover_how *how)
{
	struct words words = {0};
	bool silent = false;
	int code = recovery_read_all(op, keys, &words);

	if (code || !words.n)
		return code;
	code = recovery_judge_holders(op, how, &words, &silent);
	if (!code)
		code = recovery_look_again(op, &words, silent);
	if (!code)
		code = recovery_handle_all(op, how, &words);
	return code;
}

void vbc_recover_lost_disks(struct vbc_op *op, int level)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool wrote = op->wrote;

	if (vbc_recovery.open_lost(op))
		vbc_op_log(op, level, "could not look for disks that VirtualBox lost track of: %s",
			   op->error.text);
	op->wrote = wrote;
}
