/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The locks of programs that are gone. A lock is freed through the session that has it, whoever
 * asks. Where the host has forgotten that session with its program's web session, which ends when
 * it is idle, VirtualBox's web service holds the lock for ever: no call frees it.
 */
#include "vbox/lock-left.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "vbox/advisory-lock.h"
#include "vbox/aside.h"
#include "vbox/lease-holder.h"

#define WORK_MS     60000
#define RECOVERY_MS 1000 /* the same for the work of a program that is gone */
#define PAUSE_MS    300

static bool leftover_is_snapshot_work(enum vbc_MachineState state)
{
	return state == VBC_MachineState_Snapshotting ||
	       state == VBC_MachineState_OnlineSnapshotting ||
	       state == VBC_MachineState_LiveSnapshotting ||
	       state == VBC_MachineState_RestoringSnapshot ||
	       state == VBC_MachineState_DeletingSnapshot ||
	       state == VBC_MachineState_DeletingSnapshotOnline ||
	       state == VBC_MachineState_DeletingSnapshotPaused;
}

bool vbc_lock_await_work(struct vbc_op *op, vbc_ref machine)
{
	int64_t deadline = vbc_now_ms() + (op->recovering ? RECOVERY_MS : WORK_MS);

	for (;;) {
		enum vbc_MachineState state = VBC_MachineState_Unknown;

		if (vbc_IMachine_getState(op, machine, &state) || !leftover_is_snapshot_work(state))
			return true;
		if (vbc_now_ms() >= deadline || vbc_op_sleep(op, PAUSE_MS))
			return false;
	}
}

bool vbc_lock_give_back(struct vbc_op *op, vbc_ref session)
{
	enum vbc_SessionState state = VBC_SessionState_Null;
	int code = vbc_ISession_unlockMachine(op, session);

	if (code) /* nobody else can unlock it while its program lives: worth a second try */
		code = vbc_ISession_unlockMachine(op, session);
	return !code ||
	       (!vbc_ISession_getState(op, session, &state) && state == VBC_SessionState_Unlocked);
}

static int leftover_fail_for_ever(struct vbc_op *op, const char *machine_id)
{
	return vbc_fail(
		&op->error, VBC_E_BUSY,
		"machine %s is locked by VirtualBox's web service itself, for a program whose web "
		"session has ended: restart vboxwebsrv on the host to free it",
		machine_id);
}

/* The session is gone: then so is the lock, or nobody can give it back any more. */
static int leftover_check_unlocked(struct vbc_op *op, const char *machine_id)
{
	enum vbc_SessionState session = VBC_SessionState_Null;
	vbc_ref machine = {NULL};
	const char *process = "";
	int code = vbc_IVirtualBox_findMachine(op, op->vbox, machine_id, &machine);

	if (code == VBC_E_NOTFOUND)
		return VBC_OK;
	if (!code)
		code = vbc_IMachine_getSessionState(op, machine, &session);
	if (code || session == VBC_SessionState_Unlocked)
		return code;
	if (session != VBC_SessionState_Locked)
		return vbc_fail(&op->error, VBC_E_STATE,
				"machine %s is being locked or unlocked right now", machine_id);
	/* The lock of a machine's own process is another one, and all others end with that. */
	code = vbc_IMachine_getSessionName(op, machine, &process);
	return code || process[0] ? code : leftover_fail_for_ever(op, machine_id);
}

/* What was changed is saved: without it a disk that was just attached would be lost. */
static int leftover_unlock_machine(struct vbc_op *op, const char *machine_id, vbc_ref session)
{
	vbc_ref machine = {NULL};

	if (!vbc_ISession_getMachine(op, session, &machine)) {
		if (!vbc_lock_await_work(op, machine))
			return vbc_fail(
				&op->error, VBC_E_STATE,
				"VirtualBox is still working on the snapshots of machine %s",
				machine_id);
		vbc_IMachine_saveSettings(op, machine);
	}
	return vbc_lock_give_back(op, session) ? VBC_OK : op->error.code;
}

/* The session of an entry's lock; NULL when it is gone, and the lock with it. */
static int leftover_find_session(struct vbc_op *op, const char *key, vbc_ref *ret_session,
				 const char **ret_machine_id, enum vbc_SessionState *ret_state)
{
	const char *slash = strchr(key, '/');
	size_t n = slash ? (size_t)(slash - key) : 0;
	int code;

	*ret_machine_id = vbc_arena_strndup(&op->arena, key, n);
	if (!*ret_machine_id)
		return vbc_fail_nomem(&op->error);
	if (!slash || !slash[1])
		return VBC_OK; /* nothing of ours */
	code = vbc_ISession_getState(op, (vbc_ref){slash + 1}, ret_state);
	if (!code)
		*ret_session = (vbc_ref){slash + 1};
	if (code != VBC_E_NOTFOUND)
		return code;
	vbc_op_forgive(op);
	return leftover_check_unlocked(op, *ret_machine_id);
}

int vbc_lock_check(struct vbc_op *op, const char *key)
{
	enum vbc_SessionState state = VBC_SessionState_Null;
	vbc_ref session = {NULL};
	const char *id = "";

	return leftover_find_session(op, key, &session, &id, &state);
}

int vbc_lock_free(struct vbc_op *op, const char *key)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	enum vbc_SessionState state = VBC_SessionState_Unlocked;
	vbc_ref session = {NULL};
	const char *id = "";
	int code = leftover_find_session(op, key, &session, &id, &state);

	/* While a machine's process begins nobody can unlock it, and then the lock is its own. */
	if (!code && state != VBC_SessionState_Unlocked && state != VBC_SessionState_Spawning)
		code = leftover_unlock_machine(op, id, session);
	if (code)
		return vbc_aside_end(&aside, code);
	vbc_op_release(op, session);
	vbc_aside_restore(&aside);
	return vbc_meta_delete(op, VBC_LOCK_KIND, key);
}

/*
 * What is known of the program of an entry. Our own do not count, as this thread has the
 * lock; one that is not there any more lives.
 */
static enum vbc_holder leftover_judge_key(struct vbc_op *op, const char *key, bool *ret_other)
{
	struct vbc_meta *VBC_META entry = NULL;
	enum vbc_holder holder = VBC_HOLDER_LIVES;
	bool same = true;

	if (vbc_meta_get(op, VBC_LOCK_KIND, key, &entry) || !entry ||
	    vbc_holder_judge(op, entry, &holder))
		return VBC_HOLDER_LIVES;
	/* It may have given the lock back since, and ended then. */
	if (holder == VBC_HOLDER_GONE && vbc_holder_reread(op, VBC_LOCK_KIND, key, &entry, &same))
		same = false;
	if (!same)
		return VBC_HOLDER_LIVES;
	*ret_other = holder != VBC_HOLDER_GONE && !vbc_holder_is_me(entry);
	return holder;
}

static enum vbc_lock_left leftover_free_one(struct vbc_op *op, const char *machine_id,
					    const char *key)
{
	int code = vbc_lock_free(op, key);

	if (code)
		return code == VBC_E_BUSY ? VBC_LOCK_FOR_EVER : VBC_LOCK_NONE_LEFT;
	vbc_op_log(op, 1, "freed machine %s from the lock of a program that is gone", machine_id);
	return VBC_LOCK_FREED;
}

/* What one entry says of the machine's lock; *ret_held: another program has it just now. A program
 * whose web session has ended has no lock any more, though it may not know that yet. */
static enum vbc_lock_left leftover_look_at(struct vbc_op *op, const char *machine_id,
					   const char *key, bool *ret_held)
{
	bool other = false;
	enum vbc_holder holder = leftover_judge_key(op, key, &other);

	if (holder == VBC_HOLDER_GONE)
		return leftover_free_one(op, machine_id, key);
	if (other && vbc_lock_check(op, key) == VBC_E_BUSY)
		return VBC_LOCK_FOR_EVER;
	*ret_held = *ret_held || other;
	return VBC_LOCK_NONE_LEFT;
}

/* A lock that another program has just now is not one for ever, whatever else there is. */
enum vbc_lock_left vbc_lock_free_left(struct vbc_op *op, const char *machine_id)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_strs keys = {0};
	enum vbc_lock_left left = VBC_LOCK_NONE_LEFT;
	bool others = false;

	vbc_meta_ids(op, VBC_LOCK_KIND, &keys);
	for (size_t i = 0; i < keys.n && left != VBC_LOCK_FREED; i++) {
		if (vbc_starts_with(keys.v[i], machine_id)) {
			enum vbc_lock_left one =
				leftover_look_at(op, machine_id, keys.v[i], &others);

			left = one ? one : left;
		}
		vbc_op_forgive(op); /* then it stays */
	}
	return left == VBC_LOCK_FOR_EVER && others ? VBC_LOCK_NONE_LEFT : left;
}

int vbc_lock_explain(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	enum vbc_SessionState state = VBC_SessionState_Unknown;
	enum vbc_lock_left left;
	const char *name = "";
	uint32_t pid = 0;
	bool undoing = op->undoing, passing;

	op->undoing = true; /* the caller's time may be over, the answer is worth these calls */
	vbc_IMachine_getSessionState(op, machine, &state);
	vbc_IMachine_getSessionName(op, machine, &name);
	vbc_IMachine_getSessionPID(op, machine, &pid);
	left = vbc_lock_free_left(op, id);
	op->undoing = undoing;
	vbc_aside_restore(&aside);
	/* A lock that changes hands, or is the machine's own, would have passed. */
	passing = state != VBC_SessionState_Locked || name[0];
	if (state == VBC_SessionState_Unlocked || (passing && vbc_op_is_over(op)))
		return vbc_fail(&op->error, VBC_E_TIMEOUT, "timed out waiting for its lock");
	if (left == VBC_LOCK_FOR_EVER)
		return leftover_fail_for_ever(op, id);
	return vbc_fail(&op->error, VBC_E_BUSY,
			"machine %s is locked by another program (%s%s%s, process %u on the host); "
			"try again when it is done",
			id, vbc_enum_name(VBC_ENUM_SessionState, (int)state), name[0] ? ", " : "",
			name, pid);
}
