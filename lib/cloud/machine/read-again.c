/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/read-again.h"

#include "host/known.h"
#include "journal/kind.h"
#include "vbox/aside.h"

static int get_states(struct vbc_op *op, const struct vbc_refs *machines, struct vbc_enums *ret)
{
	int code = vbc_IVirtualBox_getMachineStates(op, op->vbox, *machines, ret);

	if (!code && ret->n != machines->n)
		code = vbc_fail(&op->error, VBC_E_PROTOCOL,
				"the host was asked for the states of %zu machines and gave %zu",
				machines->n, ret->n);
	return code;
}

static size_t count_unread(const struct vbc_enums *states)
{
	size_t n = 0;

	for (size_t i = 0; i < states->n; i++)
		n += states->v[i] == VBC_MachineState_Null;
	return n;
}

static int read_again(struct vbc_op *op, const struct vbc_refs *machines, struct vbc_enums *states)
{
	size_t n = 0, most = count_unread(states);
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, most);
	bool *accessible = VBC_ARENA_ARRAY(&op->arena, bool, most);
	int code;

	if (!calls || !accessible)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < states->n; i++) {
		if (states->v[i] != VBC_MachineState_Null)
			continue;
		calls[n] = (struct vbc_batch_call){.method = VBC_M_IMachine_getAccessible,
						   .self = machines->v[i],
						   .out = &accessible[n]};
		n++;
	}
	code = vbc_batch(op, calls, n);
	return code ? code : get_states(op, machines, states);
}

/* Two machines that have each other's disks: VirtualBox can read neither before the other. */
static void open_lost(struct vbc_op *op)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	vbc_recovery.open_lost(op);
}

int vbc_machine_states(struct vbc_op *op, const struct vbc_refs *machines,
		       struct vbc_enums *ret_states)
{
	int code = get_states(op, machines, ret_states);
	size_t unread = count_unread(ret_states);
	bool opened = false;

	while (!code && unread) {
		size_t before = unread;

		code = read_again(op, machines, ret_states);
		unread = count_unread(ret_states);
		if (code || unread < before)
			continue;
		if (opened)
			break;
		open_lost(op);
		opened = true;
	}
	return code;
}

int vbc_machine_read_again(struct vbc_op *op)
{
	struct vbc_refs machines = {0};
	struct vbc_enums states = {0};
	struct vbc_known known = vbc_known(op);
	int code = known.read_again ? VBC_OK
				    : vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (code || known.read_again)
		return code;
	known.read_again = true;
	code = vbc_known_set(op, &known);
	return code ? code : vbc_machine_states(op, &machines, &states);
}
