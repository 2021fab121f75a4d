/* SPDX-License-Identifier: Apache-2.0 */
#include "lock.h"

#include <string.h>

#include "clock.h"
#include "meta.h"
#include "owner.h"
#include "str.h"
#include "turn.h"
#include "websession.h"

#define PATIENCE_MS 15000
#define BACKOFF_MAX_MS 300
#define STEP_MS 500
#define WORK_MS 60000
#define ENDING_MS 3000 /* a machine that ends gives its lock back sooner */

static int64_t patience_ends(const struct vbc_op *op)
{
	int64_t own = vbc_now_ms() + PATIENCE_MS;

	return op->deadline_ms && !op->undoing && op->deadline_ms < own ? op->deadline_ms : own;
}

/* Other operations of this process come first; the caller is asked meanwhile. */
static int claim(struct vbc_op *op, const char *id)
{
	int64_t deadline = patience_ends(op);

	for (;;) {
		int64_t now = vbc_now_ms(), step = now + STEP_MS < deadline ? now + STEP_MS : deadline;
		int code = vbc_claim(id, step);

		if (code == VBC_E_NOMEM)
			return vbc_fail_nomem(&op->error);
		if (code == VBC_E_BUSY && step == deadline)
			return vbc_fail(&op->error, VBC_E_BUSY,
					"another thread of this program is changing it");
		if (!code)
			return VBC_OK;
		code = vbc_op_tick(op);
		if (code)
			return code;
	}
}

int vbc_lock_prepare(struct vbc_op *op, const char *id, struct vbc_lock *ret_lock)
{
	struct vbc_meta *VBC_META journal = vbc_meta_new();
	struct vbc_lock lock = {.id = id};
	int64_t utc_ms = 0;
	int code;

	if (!journal)
		return vbc_fail_nomem(&op->error);
	code = vbc_websession_clock(op, &utc_ms);
	if (!code)
		code = claim(op, id);
	if (code)
		return code;
	code = vbc_IWebsessionManager_getSessionObject(op, op->vbox, &lock.session);
	if (!code) {
		lock.key = vbc_arena_printf(&op->arena, "%s/%s", id, lock.session.s);
		vbc_meta_set_str(journal, "session", lock.session.s);
		vbc_owner_sign(journal, utc_ms);
		code = lock.key ? vbc_turn_take(op, id, lock.key, journal)
				: vbc_fail_nomem(&op->error);
	}
	if (code)
		vbc_lock_drop(op, &lock);
	else
		*ret_lock = lock;
	return code;
}

static int try_lock(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
		    struct vbc_lock *lock)
{
	int code = vbc_IMachine_lockMachine(op, machine, lock->session, type);

	/* An answer that was lost may have been a good one. */
	lock->locked = code == VBC_OK || code == VBC_E_CONNECT || code == VBC_E_TIMEOUT ||
		       code == VBC_E_PROTOCOL;
	return code;
}

/* Sleeps a little longer each time; when the time is over, says who has the machine locked. */
static int wait_turn(struct vbc_op *op, vbc_ref machine, const char *id, int64_t deadline,
		     unsigned *pause_ms)
{
	if (vbc_now_ms() < deadline) {
		int code = vbc_op_sleep(op, *pause_ms);

		*pause_ms = *pause_ms * 2 < BACKOFF_MAX_MS ? *pause_ms * 2 : BACKOFF_MAX_MS;
		if (code != VBC_E_TIMEOUT)
			return code;
		op->error = (struct vbc_error){0}; /* that it is locked says more */
	}
	return vbc_lock_explain(op, machine, id);
}

/*
 * VirtualBox says "busy" while a lock is held, being taken or being given back: the last two pass
 * within moments.
 */
static int lock_patiently(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
			  struct vbc_lock *lock)
{
	int64_t deadline = patience_ends(op);
	unsigned pause_ms = 10;
	bool looked = false;

	for (;;) {
		struct vbc_error saved = vbc_op_try(op);
		int code = try_lock(op, machine, type, lock);

		if (code != VBC_E_BUSY && code != VBC_E_STATE) {
			if (!code)
				vbc_op_try_end(op, &saved);
			return code;
		}
		vbc_op_try_end(op, &saved);
		if (!looked && vbc_lock_free_dead(op, lock->id)) {
			looked = true;
			continue;
		}
		looked = true;
		code = wait_turn(op, machine, lock->id, deadline, &pause_ms);
		if (code)
			return code;
	}
}

int vbc_lock_judge(struct vbc_op *op, vbc_ref machine, int code)
{
	struct vbc_error saved;
	enum vbc_MachineState state = VBC_MachineState_Unknown;

	if (code != VBC_E_FAULT)
		return code;
	saved = vbc_op_try(op);
	vbc_IMachine_getState(op, machine, &state);
	vbc_op_try_end(op, &saved);
	if (state != VBC_MachineState_Running && state != VBC_MachineState_Paused)
		code = op->error.code = VBC_E_STATE;
	return code;
}

int vbc_lock_close(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
		   struct vbc_lock *lock)
{
	int code = lock_patiently(op, machine, type, lock);

	if (!code)
		code = vbc_ISession_getMachine(op, lock->session, &lock->machine);
	return type == VBC_LockType_Shared ? vbc_lock_judge(op, machine, code) : code;
}

int vbc_lock_take(struct vbc_op *op, vbc_ref machine, const char *id, enum vbc_LockType type,
		  struct vbc_lock *ret_lock)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_prepare(op, id, &lock);

	if (code)
		return code;
	code = vbc_lock_close(op, machine, type, &lock);
	if (code)
		vbc_lock_drop(op, &lock);
	else
		*ret_lock = lock;
	return code;
}

int vbc_lock_open(struct vbc_op *op, struct vbc_lock *lock)
{
	int code = vbc_ISession_unlockMachine(op, lock->session);

	lock->locked = lock->locked && code != VBC_OK;
	return code;
}

static bool is_snapshot_work(enum vbc_MachineState state)
{
	return state == VBC_MachineState_Snapshotting ||
	       state == VBC_MachineState_OnlineSnapshotting ||
	       state == VBC_MachineState_LiveSnapshotting ||
	       state == VBC_MachineState_RestoringSnapshot ||
	       state == VBC_MachineState_DeletingSnapshot ||
	       state == VBC_MachineState_DeletingSnapshotOnline ||
	       state == VBC_MachineState_DeletingSnapshotPaused;
}

/*
 * A machine that loses its lock while VirtualBox works on its snapshots stays in that state, and
 * nobody can use or delete it, until the host's service is restarted. So such work is waited for;
 * true when the lock may be given up.
 */
static bool await_snapshot_work(struct vbc_op *op, vbc_ref machine)
{
	int64_t deadline = vbc_now_ms() + WORK_MS;

	for (;;) {
		enum vbc_MachineState state = VBC_MachineState_Unknown;

		if (vbc_IMachine_getState(op, machine, &state) || !is_snapshot_work(state))
			return true;
		if (vbc_now_ms() >= deadline)
			return false;
		vbc_sleep_ms(BACKOFF_MAX_MS);
	}
}

void vbc_lock_drop(struct vbc_op *op, struct vbc_lock *lock)
{
	struct vbc_error saved;
	bool free_it = true;

	if (!lock->id)
		return;
	saved = vbc_op_try(op);
	/* Work that went well has ended. */
	if (lock->locked && saved.code && !vbc_ref_is_null(lock->machine))
		free_it = await_snapshot_work(op, lock->machine);
	/* Nobody else can unlock it while we live, so that is worth a second try. */
	if (lock->locked && free_it && vbc_ISession_unlockMachine(op, lock->session))
		vbc_ISession_unlockMachine(op, lock->session);
	/* What the journal tells of is freed by the next program. */
	if (lock->key && free_it)
		vbc_meta_delete(op, VBC_LOCK_KIND, lock->key);
	if (free_it)
		vbc_op_release(op, lock->session);
	vbc_unclaim(lock->id);
	vbc_op_try_end(op, &saved);
	*lock = (struct vbc_lock){0};
}

/* A machine keeps the lock of its process until it stops. */
static int check_stopped(struct vbc_op *op, vbc_ref machine, const char *id)
{
	enum vbc_MachineState state = VBC_MachineState_Unknown;
	int code = vbc_IMachine_getState(op, machine, &state);

	if (code)
		return code;
	if (state != VBC_MachineState_Starting && state != VBC_MachineState_Restoring &&
	    state != VBC_MachineState_Running && state != VBC_MachineState_Paused &&
	    state != VBC_MachineState_Stuck)
		return VBC_OK;
	return vbc_fail(&op->error, VBC_E_STATE, "machine %s runs", id);
}

int vbc_lock_wait_free(struct vbc_op *op, vbc_ref machine, const char *id)
{
	int64_t deadline = patience_ends(op), look_at = vbc_now_ms() + ENDING_MS;
	unsigned pause_ms = 5;
	bool looked = false;

	for (;;) {
		enum vbc_SessionState state = VBC_SessionState_Null;
		int code = vbc_IMachine_getSessionState(op, machine, &state);

		if (!code && state == VBC_SessionState_Locked)
			code = check_stopped(op, machine, id);
		if (code || state == VBC_SessionState_Unlocked)
			return code;
		if (state == VBC_SessionState_Locked && !looked && vbc_now_ms() >= look_at) {
			looked = true;
			if (vbc_lock_free_dead(op, id))
				continue;
		}
		code = wait_turn(op, machine, id, deadline, &pause_ms);
		if (code)
			return code;
	}
}

void vbc_lock_free_stale(struct vbc_op *op, const char *key)
{
	struct vbc_error saved = vbc_op_try(op);
	const char *session = strchr(key, '/');
	vbc_ref machine = {NULL};
	bool free_it = true;

	/*
	 * The session may be gone with its host's service: then so is the lock. What was changed is
	 * saved, because of medium.c's vbc_medium_attach().
	 */
	if (session && !vbc_ISession_getMachine(op, (vbc_ref){session + 1}, &machine)) {
		free_it = await_snapshot_work(op, machine);
		vbc_IMachine_saveSettings(op, machine);
	}
	if (session && free_it) {
		vbc_ISession_unlockMachine(op, (vbc_ref){session + 1});
		vbc_op_release(op, (vbc_ref){session + 1});
	}
	if (free_it)
		vbc_meta_delete(op, VBC_LOCK_KIND, key);
	vbc_op_try_end(op, &saved);
}

/* Whether an entry of the journal is of a program that is gone, or of ours but forgotten. */
static bool is_dead(struct vbc_op *op, const char *key, int64_t utc_ms)
{
	struct vbc_meta *VBC_META entry = NULL;

	if (vbc_meta_get(op, VBC_LOCK_KIND, key, &entry) || !entry)
		return false;
	return vbc_owner_gone(entry, utc_ms);
}

bool vbc_lock_free_dead(struct vbc_op *op, const char *machine_id)
{
	struct vbc_error saved = vbc_op_try(op);
	struct vbc_strs keys = {0};
	int64_t utc_ms = 0;
	bool freed = false;

	if (!vbc_websession_clock(op, &utc_ms) && !vbc_meta_ids(op, VBC_LOCK_KIND, &keys)) {
		for (size_t i = 0; i < keys.n; i++) {
			if (!vbc_starts_with(keys.v[i], machine_id) ||
			    !is_dead(op, keys.v[i], utc_ms))
				continue;
			vbc_op_log(op, 1, "freeing machine %s from the lock of a program that is "
					  "gone", machine_id);
			vbc_lock_free_stale(op, keys.v[i]);
			freed = true;
		}
	}
	vbc_op_try_end(op, &saved);
	return freed;
}

int vbc_lock_explain(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_error saved = vbc_op_try(op);
	enum vbc_SessionState state = VBC_SessionState_Unknown;
	const char *name = "";
	uint32_t pid = 0;
	bool undoing = op->undoing;

	op->undoing = true; /* the caller's time may be over, the answer is worth these calls */
	vbc_IMachine_getSessionState(op, machine, &state);
	vbc_IMachine_getSessionName(op, machine, &name);
	vbc_IMachine_getSessionPID(op, machine, &pid);
	op->undoing = undoing;
	vbc_op_try_end(op, &saved);
	if (state == VBC_SessionState_Unlocked)
		return vbc_fail(&op->error, VBC_E_TIMEOUT, "the time for it is over");
	return vbc_fail(&op->error, VBC_E_BUSY,
			"machine %s is locked by another program (%s%s%s, process %u on the host); "
			"try again when it is done", id, vbc_enum_name(VBC_ENUM_SessionState, (int)state),
			name[0] ? ", " : "", name, pid);
}
