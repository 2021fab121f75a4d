/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starting a machine's process on the host.
 */
#include "node-private.h"
#include "progress.h"

/*
 * The machine's name is an argument of the process, handed over in the encoding of the process's
 * environment: where the host's service runs in the C locale, one that is not ASCII would stop
 * the start (VERR_PROC_NO_ARG_TRANSLATION).
 */
#define UTF8_LOCALE "LC_ALL=C.UTF-8"

int vbc_node_spawn(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock, vbc_ref *ret_progress)
{
	static const char *const changes[] = {UTF8_LOCALE};
	bool lists = vbc_op_has(op, VBC_M_IMachine_getGraphicsAdapter);
	struct vbc_strs environment = {.n = lists ? 1 : 0, .v = changes};

	return vbc_IMachine_launchVMProcess(op, machine, lock->session, "headless",
					    lists ? "" : UTF8_LOCALE, environment, ret_progress);
}

int vbc_node_launch(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock, unsigned from,
		    unsigned to)
{
	vbc_ref progress = {NULL};
	int code = vbc_node_spawn(op, machine, lock, &progress);

	if (!code)
		code = vbc_progress_wait(op, progress, "starting", from, to);
	lock->locked = code == VBC_OK;
	return code;
}
