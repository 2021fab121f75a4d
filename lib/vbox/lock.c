/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/lock.h"

#include "base/clock.h"
#include "vbox/advisory-lock.h"
#include "vbox/aside.h"
#include "vbox/fault.h"
#include "vbox/lease-holder.h"
#include "vbox/lock-left.h"
#include "vbox/websession.h"

#define PATIENCE_MS    15000
#define BACKOFF_MAX_MS 300
#define STEP_MS        500
#define ENDING_MS      3000 /* a machine that ends gives its lock back sooner */
#define NAMELESS_MS    100
#define MOMENT_MS      1000 /* what is locked so long for a program that is gone stays so */

static int64_t lock_patience_ends(const struct vbc_op *op)
{
	int64_t own = vbc_now_ms() + (op->recovering ? ENDING_MS : PATIENCE_MS);

	return op->deadline_ms && !op->undoing && op->deadline_ms < own ? op->deadline_ms : own;
}

/* Other operations of this process come first; the caller is asked meanwhile. */
static int lock_threads(struct vbc_op *op, const char *id)
{
	int64_t deadline = op->recovering ? vbc_now_ms() : lock_patience_ends(op);

	for (;;) {
		int64_t now = vbc_now_ms(),
			step = now + STEP_MS < deadline ? now + STEP_MS : deadline;
		int code = vbc_thread_lock(id, step);

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

/* What is written down of the lock before it is taken. */
static int lock_make_lease(struct vbc_op *op, struct vbc_lock *lock)
{
	struct vbc_lease *lease = VBC_ARENA_NEW(&op->arena, struct vbc_lease);

	if (!lease)
		return vbc_fail_nomem(&op->error);
	lease->kind = VBC_LOCK_KIND;
	lease->id = vbc_arena_printf(&op->arena, "%s/%s", lock->id, lock->session.s);
	lease->entry = vbc_meta_new();
	lock->lease = lease;
	if (!lease->id || !lease->entry)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(lease->entry, "session", lock->session.s);
	return VBC_OK;
}

/* Where nothing is changed there is nothing to keep others from; the lock is none, and has no
 * session. */
static int lock_pretend(struct vbc_lock *ret_lock)
{
	*ret_lock = (struct vbc_lock){.id = NULL};
	return VBC_OK;
}

static int lock_prepare_with(struct vbc_op *op, const char *id, bool fresh,
			     struct vbc_lock *ret_lock)
{
	struct vbc_lock lock = {.id = id};
	int code;

	if (op->host->dry_run)
		return lock_pretend(ret_lock);
	code = lock_threads(op, id);
	if (code)
		return code;
	code = vbc_IWebsessionManager_getSessionObject(op, op->vbox, &lock.session);
	if (!code)
		code = lock_make_lease(op, &lock);
	if (!code)
		code = fresh ? vbc_lease_write(op, lock.lease)
			     : vbc_advisory_lock_take(op, id, lock.lease);
	if (!code)
		vbc_lease_keep(op, lock.lease);
	if (code)
		vbc_lock_drop(op, &lock);
	else
		*ret_lock = lock;
	return code;
}

int vbc_lock_prepare(struct vbc_op *op, const char *id, struct vbc_lock *ret_lock)
{
	return lock_prepare_with(op, id, false, ret_lock);
}

int vbc_lock_prepare_new(struct vbc_op *op, const char *id, struct vbc_lock *ret_lock)
{
	return lock_prepare_with(op, id, true, ret_lock);
}

static int lock_try_once(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
			 struct vbc_lock *lock)
{
	int code = vbc_IMachine_lockMachine(op, machine, lock->session, type);

	/* An answer that was lost may have been a good one. */
	lock->locked = code == VBC_OK || code == VBC_E_CONNECT || code == VBC_E_TIMEOUT ||
		       code == VBC_E_PROTOCOL;
	return code;
}

static bool lock_is_online(enum vbc_MachineState state)
{
	return state == VBC_MachineState_Starting || state == VBC_MachineState_Restoring ||
	       state == VBC_MachineState_Running || state == VBC_MachineState_Paused ||
	       state == VBC_MachineState_Stuck;
}

static bool lock_is_taken(struct vbc_op *op, vbc_ref machine)
{
	enum vbc_SessionState session = VBC_SessionState_Null;

	return vbc_IMachine_getSessionState(op, machine, &session) ||
	       session == VBC_SessionState_Locked;
}

/*
 * Whether a lock passes by itself: it changes hands just now, or is that of a machine that ends,
 * whose process has no name any more a moment before it has no lock.
 */
static bool lock_is_passing(struct vbc_op *op, vbc_ref machine)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	enum vbc_MachineState state = VBC_MachineState_Null;
	const char *process = "";
	bool passing = !lock_is_taken(op, machine);

	if (!passing && !vbc_IMachine_getSessionName(op, machine, &process)) {
		if (!process[0]) {
			vbc_sleep_ms(NAMELESS_MS);
			passing = !lock_is_taken(op, machine);
		} else if (!vbc_IMachine_getState(op, machine, &state)) {
			passing = !lock_is_online(state);
		}
	}
	return passing;
}

/* A wait for others' locks. */
struct waiting {
	vbc_ref machine;
	const char *id; /* of the machine */
	int64_t deadline;
	unsigned pause_ms;
	bool looked; /* for locks of programs that are gone */
};

/*
 * Sleeps a little longer each time, not at all when such a lock could be freed; when the time is
 * over, says who has the machine locked.
 */
static int lock_wait_step(struct vbc_op *op, struct waiting *w, bool look)
{
	int64_t now = vbc_now_ms();

	if (look && !w->looked) {
		enum vbc_lock_left left = vbc_lock_free_left(op, w->id);

		w->looked = true;
		if (left == VBC_LOCK_FREED)
			return VBC_OK;
		if (left == VBC_LOCK_FOR_EVER && w->deadline > now + MOMENT_MS)
			w->deadline = now + MOMENT_MS;
	}
	if (now < w->deadline && (!op->recovering || lock_is_passing(op, w->machine))) {
		int code = vbc_op_sleep(op, w->pause_ms);

		w->pause_ms = w->pause_ms * 2 < BACKOFF_MAX_MS ? w->pause_ms * 2 : BACKOFF_MAX_MS;
		if (code != VBC_E_TIMEOUT)
			return code;
		vbc_op_forgive(op); /* that it is locked says more */
	}
	return vbc_lock_explain(op, w->machine, w->id);
}

/* Whether VirtualBox cannot read it, though it has tried again; or it is gone. */
static int lock_is_unreadable(struct vbc_op *op, vbc_ref machine, bool *ret)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	bool accessible = true;
	int code = vbc_IMachine_getAccessible(op, machine, &accessible);

	*ret = code || !accessible;
	return vbc_aside_forgive(&aside, code,
				 VBC_CODE(VBC_E_BUSY) | VBC_CODE(VBC_E_STATE) |
					 VBC_CODE(VBC_E_NOTFOUND));
}

/*
 * VirtualBox says "busy" while a lock is held, being taken or being given back: the last two pass
 * within moments.
 */
static int lock_take_patiently(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
			       struct vbc_lock *lock)
{
	struct waiting wait = {.machine = machine,
			       .id = lock->id,
			       .deadline = lock_patience_ends(op),
			       .pause_ms = 10};

	for (bool asked = false;;) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
		int code = lock_try_once(op, machine, type, lock);

		if (code == VBC_E_BUSY && op->error.result == VBC_RESULT_NOT_READY && !asked) {
			bool unreadable = false;
			int failed = lock_is_unreadable(op, machine, &unreadable);

			if (failed || unreadable)
				return vbc_aside_end(&aside, failed ? failed : code);
			asked = true;
		} else if (code != VBC_E_BUSY && code != VBC_E_STATE) {
			return vbc_aside_end(&aside, code);
		}
		vbc_aside_restore(&aside);
		code = lock_wait_step(op, &wait, true);
		if (code)
			return code;
	}
}

int vbc_lock_judge(struct vbc_op *op, vbc_ref machine, int code)
{
	struct vbc_aside aside;
	enum vbc_MachineState state = VBC_MachineState_Unknown;

	if (code != VBC_E_FAULT)
		return code;
	aside = vbc_aside_begin(op);
	vbc_IMachine_getState(op, machine, &state);
	vbc_aside_restore(&aside);
	if (state != VBC_MachineState_Running && state != VBC_MachineState_Paused)
		code = op->error.code = VBC_E_STATE;
	return code;
}

/* Whether it could be taken. What the machine has is asked of the machine itself then. */
static int lock_pretend_to_lock(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type,
				struct vbc_lock *lock)
{
	enum vbc_SessionState state = VBC_SessionState_Null;
	const char *id = "";
	int code = vbc_IMachine_getSessionState(op, machine, &state);

	if (!code && type == VBC_LockType_Write && state == VBC_SessionState_Locked) {
		code = vbc_IMachine_getId(op, machine, &id);
		return code ? code : vbc_lock_explain(op, machine, id);
	}
	if (!code)
		lock->machine = machine;
	return code;
}

int vbc_lock_lock(struct vbc_op *op, vbc_ref machine, enum vbc_LockType type, struct vbc_lock *lock)
{
	int code;

	if (op->host->dry_run)
		return lock_pretend_to_lock(op, machine, type, lock);
	code = lock_take_patiently(op, machine, type, lock);
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
	code = vbc_lock_lock(op, machine, type, &lock);
	if (code)
		vbc_lock_drop(op, &lock);
	else
		*ret_lock = lock;
	return code;
}

int vbc_lock_unlock(struct vbc_op *op, struct vbc_lock *lock)
{
	int code = vbc_ISession_unlockMachine(op, lock->session);

	lock->locked = lock->locked && code != VBC_OK;
	return code;
}

/* What an entry tells of is freed by the next program, whichever that is: by our web session. */
static void lock_leave_entry(struct vbc_op *op, const struct vbc_lease *lease)
{
	vbc_websession_spare(op);
	vbc_holder_leave(lease->entry);
	vbc_meta_put(op, lease->kind, lease->id, lease->entry);
}

void vbc_lock_drop(struct vbc_op *op, struct vbc_lock *lock)
{
	struct vbc_lease *lease = lock->lease;
	struct vbc_aside aside;
	bool is_free = true, undoing = op->undoing;

	if (!lock->id)
		return;
	aside = vbc_aside_begin(op);
	op->undoing = true; /* VirtualBox's work has to end also when the caller's time is over */
	vbc_lease_stop(op, lease);
	/* Work that went well has ended. */
	if (lock->locked && aside.error.code && !vbc_ref_is_null(lock->machine))
		is_free = vbc_lock_await_work(op, lock->machine);
	if (lock->locked && is_free)
		is_free = vbc_lock_give_back(op, lock->session);
	if (is_free && lease && lease->id)
		vbc_meta_delete(op, lease->kind, lease->id);
	if (is_free)
		vbc_op_release_small(op, lock->session);
	else
		lock_leave_entry(op, lease);
	if (lease)
		vbc_meta_free(lease->entry);
	vbc_thread_unlock(lock->id);
	op->undoing = undoing;
	vbc_aside_restore(&aside);
	*lock = (struct vbc_lock){0};
}

/* A machine keeps the lock of its process until it stops. */
static int lock_check_stopped(struct vbc_op *op, vbc_ref machine, const char *id)
{
	enum vbc_MachineState state = VBC_MachineState_Unknown;
	int code = vbc_IMachine_getState(op, machine, &state);

	if (code)
		return code;
	if (!lock_is_online(state))
		return VBC_OK;
	return vbc_fail(&op->error, VBC_E_STATE, "machine %s is running", id);
}

int vbc_lock_wait_free(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct waiting wait = {
		.machine = machine, .id = id, .deadline = lock_patience_ends(op), .pause_ms = 5};
	int64_t look_at = vbc_now_ms() + ENDING_MS;

	for (;;) {
		enum vbc_SessionState state = VBC_SessionState_Null;
		int code = vbc_IMachine_getSessionState(op, machine, &state);

		if (!code && state == VBC_SessionState_Locked)
			code = lock_check_stopped(op, machine, id);
		if (code || state == VBC_SessionState_Unlocked)
			return code;
		code = lock_wait_step(op, &wait,
				      state == VBC_SessionState_Locked && vbc_now_ms() >= look_at);
		if (code)
			return code;
	}
}
