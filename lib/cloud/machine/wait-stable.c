/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The states of nodes: looked at, waited for between two steady ones, and asked for by what is to
 * be done.
 */
#include "machine/wait-stable.h"

#include "base/clock.h"
#include "machine/find.h"
#include "machine/state-now.h"
#include "vbox/aside.h"
#include "vbox/lock.h"

#define POLL_MS   250
#define STABLE_MS 60000 /* how long VirtualBox may take between two steady states */

/* A machine whose process is being made, by another program maybe, still shows as off. */
static bool machine_is_spawning(struct vbc_op *op, vbc_ref machine, bool *ret_free, int *ret_code)
{
	enum vbc_SessionState session = VBC_SessionState_Null;

	*ret_code = vbc_IMachine_getSessionState(op, machine, &session);
	*ret_free = !*ret_code && session == VBC_SessionState_Unlocked;
	return session == VBC_SessionState_Spawning;
}

enum vbc_node_state vbc_node_wait_at_rest(struct vbc_op *op, vbc_ref machine, bool *ret_free,
					  int *ret_code)
{
	int64_t deadline = vbc_now_ms() + STABLE_MS;

	for (;;) {
		enum vbc_node_state s;

		*ret_code = vbc_machine_state(op, machine, &s);
		*ret_free = false;
		if (!*ret_code && (s == VBC_NODE_STATE_STOPPED || s == VBC_NODE_STATE_SUSPENDED) &&
		    machine_is_spawning(op, machine, ret_free, ret_code))
			s = VBC_NODE_STATE_STARTING;
		if (*ret_code ||
		    (s != VBC_NODE_STATE_STARTING && s != VBC_NODE_STATE_STOPPING &&
		     s != VBC_NODE_STATE_UPDATING) ||
		    vbc_now_ms() >= deadline)
			return s;
		*ret_code = vbc_op_sleep(op, POLL_MS);
		if (*ret_code)
			return s;
	}
}

enum vbc_node_state vbc_node_wait_stable(struct vbc_op *op, vbc_ref machine, int *ret_code)
{
	bool is_free;

	return vbc_node_wait_at_rest(op, machine, &is_free, ret_code);
}

bool vbc_node_is(struct vbc_op *op, vbc_ref machine, enum vbc_node_state wanted)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = VBC_OK;
	enum vbc_node_state state = vbc_node_wait_stable(op, machine, &code);

	return !code && state == wanted;
}

static int state_fail_wrong(struct vbc_op *op, const char *name, const char *done,
			    enum vbc_node_state state, unsigned states)
{
	bool is_one = (states & (states - 1)) == 0;
	enum vbc_node_state only = VBC_NODE_STATE_UNKNOWN;

	while (is_one && VBC_IN(only) != states)
		only++;
	return vbc_fail(&op->error, VBC_E_STATE, "node '%s' cannot be %s: it is %s%s%s%s", name,
			done, vbc_node_state_name(state), is_one ? "; only " : "",
			is_one ? vbc_node_state_name(only) : "", is_one ? " nodes can" : "");
}

int vbc_node_find_in(struct vbc_op *op, const char *id_or_name, unsigned states, const char *done,
		     struct vbc_node_ref *ret, enum vbc_node_state *ret_state)
{
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	struct vbc_node_ref f = {0};
	int code = vbc_node_find(op, id_or_name, &f);

	if (!code)
		state = vbc_node_wait_stable(op, f.machine, &code);
	if (!code && !(states & VBC_IN(state)))
		code = state_fail_wrong(op, f.name, done, state, states);
	if (code)
		return code;
	*ret = f;
	if (ret_state)
		*ret_state = state;
	return VBC_OK;
}

int vbc_node_take_stopped(struct vbc_op *op, const char *id_or_name, const char *done,
			  struct vbc_node_ref *ret, struct vbc_lock *lock)
{
	struct vbc_node_ref f = {0};
	int code = vbc_node_find_in(op, id_or_name, VBC_IN(VBC_NODE_STATE_STOPPED), done, &f, NULL);

	if (!code)
		code = vbc_lock_take(op, f.machine, f.id, VBC_LockType_Write, lock);
	if (!code)
		*ret = f;
	return code;
}
