/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starting a machine's process on the host, and why that failed: of much of it VirtualBox only says
 * that the process has ended, or that some file was not found, and tells the rest in the machine's
 * log.
 */
#include "node/launch.h"

#include "base/clock.h"
#include "machine/log-cause.h"
#include "machine/log.h"
#include "machine/state.h"
#include "vbox/aside.h"
#include "vbox/host-clock.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

/*
 * The machine's name is an argument of the process, handed over in the encoding of the process's
 * environment: where the host's service runs in the C locale, one that is not ASCII would stop
 * the start (VERR_PROC_NO_ARG_TRANSLATION).
 */
#define UTF8_LOCALE "LC_ALL=C.UTF-8"

#define LOG_MOST ((size_t)4 << 20) /* of a run that failed at once */
#define SLACK_MS 2000              /* of the clocks that are compared */

int vbc_node_spawn(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock, vbc_ref *ret_progress)
{
	static const char *const changes[] = {UTF8_LOCALE};
	bool lists = vbc_op_has(op, VBC_M_IMachine_getGraphicsAdapter);
	struct vbc_strs environment = {.n = lists ? 1 : 0, .v = changes};

	return vbc_IMachine_launchVMProcess(op, machine, lock->session, "headless",
					    lists ? "" : UTF8_LOCALE, environment, ret_progress);
}

/* *ret is "" when the log does not tell, or is that of an earlier run. */
static void launch_read_log(struct vbc_op *op, vbc_ref machine, int64_t began_ms, const char **ret)
{
	struct vbc_buf VBC_BUF log;
	int64_t utc_ms = 0;
	const char *cause;

	vbc_buf_init(&log, LOG_MOST);
	if (vbc_node_read_log(op, machine, 0, &log) || vbc_host_clock(op, &utc_ms))
		return;
	vbc_buf_add(&log, "", 0);
	if (log.failed || !log.data ||
	    vbc_log_opened_ms(log.data) < utc_ms - (vbc_now_ms() - began_ms) - SLACK_MS)
		return;
	cause = vbc_log_cause(&op->arena, log.data);
	if (cause)
		*ret = cause;
}

/* Why the first of its disks that cannot be read cannot be; "": all can. */
static void launch_find_bad_disk(struct vbc_op *op, vbc_ref machine, const char **ret)
{
	struct vbc_IMediumAttachment_array at = {0};

	if (vbc_IMachine_getMediumAttachments(op, machine, &at))
		return;
	for (size_t i = 0; i < at.n && !(*ret)[0]; i++) {
		enum vbc_MediumState state = VBC_MediumState_Created;

		if (!vbc_ref_is_null(at.v[i].medium) &&
		    !vbc_IMedium_refreshState(op, at.v[i].medium, &state) &&
		    state == VBC_MediumState_Inaccessible)
			vbc_IMedium_getLastAccessError(op, at.v[i].medium, ret);
	}
}

/* Of one whose settings and logs are encrypted VirtualBox says nothing. */
static bool launch_is_encrypted(struct vbc_op *op, vbc_ref machine)
{
	const char *cipher = "", *key = "";

	return vbc_op_has(op, VBC_M_IMachine_getEncryptionSettings) &&
	       !vbc_IMachine_getEncryptionSettings(op, machine, &cipher, &key) && key[0];
}

/* Says more than VirtualBox did, if there is more to be known. */
static void launch_explain_failure(struct vbc_op *op, vbc_ref machine, int64_t began_ms)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	const char *cause = "", *disk = "";
	enum vbc_hint hint = VBC_HINT_NONE;
	enum vbc_MachineState at = VBC_MachineState_Null;
	enum vbc_node_state state;

	vbc_IMachine_getState(op, machine, &at);
	state = vbc_node_state_from(at);
	/* The log of one that runs all the same tells of something else. */
	if (state == VBC_NODE_STATE_STOPPED || state == VBC_NODE_STATE_SUSPENDED) {
		launch_read_log(op, machine, began_ms, &cause);
		launch_find_bad_disk(op, machine, &disk);
	}
	if (disk[0])
		cause = disk;
	else if (!cause[0] && launch_is_encrypted(op, machine))
		cause = "its machine is encrypted, and VirtualBox starts encrypted machines only "
			"for a program on the host that supplies the password";
	else if (!cause[0] && at == VBC_MachineState_Aborted)
		cause = vbc_arena_printf(&op->arena, "its process on the host ended: %s",
					 aside.error.text);
	else if (state == VBC_NODE_STATE_SUSPENDED)
		hint = VBC_HINT_DISCARD_STATE;
	vbc_aside_restore(&aside);
	if (cause && (cause[0] || hint)) {
		op->error.code = 0;
		vbc_fail_hint(&op->error, aside.error.code, hint, "%s",
			      cause[0] ? cause : aside.error.text);
	}
}

int vbc_node_launch(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock, unsigned from,
		    unsigned to)
{
	int64_t began_ms = vbc_now_ms();
	vbc_ref progress = {NULL};
	int code = vbc_node_spawn(op, machine, lock, &progress);

	if (!code)
		code = vbc_progress_wait(op, progress, "starting", from, to);
	if (code == VBC_E_FAULT)
		launch_explain_failure(op, machine, began_ms);
	lock->locked = code == VBC_OK;
	return code;
}
