/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teleport-listen.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "forward/log.h"
#include "node/launch.h"
#include "node/teleport-state.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

#define POLL_MS    100
#define LISTEN_MS  60000
#define LISTENS_MS 500   /* after it said that it listens, it does */
#define SAYS_MS    20000 /* and that it says within                */

/* The machine's state says that it listens long before it does; its log is right. */
static int machine_await_listening(struct vbc_op *op, vbc_ref machine)
{
	int64_t deadline = vbc_now_ms() + SAYS_MS;
	enum vbc_teleport_state state = VBC_TELEPORT_LISTENING;
	int code = VBC_OK;

	while (!code && state == VBC_TELEPORT_LISTENING && vbc_now_ms() < deadline) {
		struct vbc_arena kept = vbc_op_borrow(op); /* a log is long */
		const char *text = "";
		bool listens;

		code = vbc_port_log(op, machine, 0, &text);
		listens = !code && strstr(text, "Teleporter: Waiting for incoming VM");
		vbc_op_borrow_end(op, &kept);
		if (code || listens)
			break;
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = vbc_teleport_state(op, machine, &state);
	}
	return code;
}

static int machine_set_teleporter(struct vbc_op *op, vbc_ref machine,
				  const struct vbc_teleport_way *way)
{
	int code = vbc_IMachine_setTeleporterPort(op, machine, way->port);

	if (!code)
		code = vbc_IMachine_setTeleporterAddress(op, machine, way->address);
	if (!code)
		code = vbc_IMachine_setTeleporterPassword(op, machine, way->password);
	if (!code)
		code = vbc_IMachine_setTeleporterEnabled(op, machine, true);
	return code ? code : vbc_IMachine_saveSettings(op, machine);
}

static int way_fail_deaf(struct vbc_op *op, const struct vbc_teleport_way *way)
{
	return vbc_fail(&op->error, VBC_E_STATE, "the other host does not listen at %s port %u",
			way->address, way->port);
}

int vbc_teleport_check_start(struct vbc_op *op, const struct vbc_teleport_way *way, bool *ret_ended)
{
	int code = vbc_IProgress_getCompleted(op, way->start, ret_ended);

	if (code || !*ret_ended)
		return code;
	return vbc_error_prefix(&op->error, vbc_progress_wait(op, way->start, "teleporting", 0, 0),
				"the other host does not listen at %s port %u", way->address,
				way->port);
}

/* The progress of the start ends when the node has arrived; so this waits for the state. */
static int way_await_listening(struct vbc_op *op, vbc_ref machine,
			       const struct vbc_teleport_way *way)
{
	int64_t deadline = vbc_now_ms() + LISTEN_MS;

	for (;;) {
		enum vbc_teleport_state state = VBC_TELEPORT_ELSE;
		bool ended = false;
		int code = vbc_teleport_state(op, machine, &state);

		if (!code && state == VBC_TELEPORT_LISTENING)
			return machine_await_listening(op, machine);
		if (!code)
			code = vbc_teleport_check_start(op, way, &ended);
		if (!code && (ended || vbc_now_ms() >= deadline))
			code = way_fail_deaf(op, way);
		if (!code)
			code = vbc_op_sleep(op, POLL_MS);
		if (code)
			return code;
	}
}

int vbc_teleport_listen(struct vbc_op *op, vbc_ref machine, const char *id,
			struct vbc_teleport_way *way)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_take(op, machine, id, VBC_LockType_Write, &lock);

	if (!code)
		code = machine_set_teleporter(op, lock.machine, way);
	if (!code)
		code = vbc_lock_unlock(op, &lock);
	if (!code)
		code = vbc_node_spawn(op, machine, &lock, &way->start);
	if (!code) {
		code = way_await_listening(op, machine, way);
		lock.locked = code == VBC_OK;
	}
	vbc_lock_drop(op, &lock);
	return code;
}

/* A machine whose process is new still shows as off. */
static int machine_await_coming(struct vbc_op *op, vbc_ref machine)
{
	int64_t deadline = vbc_now_ms() + SAYS_MS;
	enum vbc_teleport_state state = VBC_TELEPORT_ELSE;
	enum vbc_SessionState session = VBC_SessionState_Null;
	int code = vbc_teleport_state(op, machine, &state);

	while (!code && state != VBC_TELEPORT_LISTENING && session != VBC_SessionState_Unlocked &&
	       vbc_now_ms() < deadline) {
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = vbc_IMachine_getSessionState(op, machine, &session);
		if (!code)
			code = vbc_teleport_state(op, machine, &state);
	}
	return code;
}

static bool progress_is_of(struct vbc_op *op, vbc_ref operation, const char *id)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const char *of = "";
	vbc_ref machine = {NULL};

	/* Others were begun by disks, and one that has ended meanwhile is forgotten. */
	if (!vbc_IProgress_getInitiator(op, operation, &machine) && !vbc_ref_is_null(machine))
		vbc_IMachine_getId(op, machine, &of);
	return streq(of, id);
}

/* Its start does not end before the node has come, and who began that may be gone. */
static int machine_cancel_start(struct vbc_op *op, const char *id)
{
	struct vbc_refs running = {0};
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	for (size_t i = 0; !code && i < running.n; i++)
		if (progress_is_of(op, running.v[i], id))
			vbc_progress_abort(op, running.v[i]);
	return code;
}

int vbc_teleport_stop_listening(struct vbc_op *op, vbc_ref machine, const char *id)
{
	int code = machine_await_coming(op, machine);

	if (!code)
		code = machine_await_listening(op, machine);
	if (code)
		return code;
	vbc_sleep_ms(LISTENS_MS);
	code = machine_cancel_start(op, id);
	return code ? code : vbc_lock_wait_free(op, machine, id);
}

int vbc_teleport_listen_no_more(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_take(op, machine, id, VBC_LockType_Shared, &lock);

	if (!code)
		code = vbc_IMachine_setTeleporterEnabled(op, lock.machine, false);
	if (!code)
		code = vbc_IMachine_saveSettings(op, lock.machine);
	vbc_lock_drop(op, &lock);
	return code;
}
