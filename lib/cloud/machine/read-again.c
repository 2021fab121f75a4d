/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/read-again.h"

#include "base/str.h"
#include "host/known.h"
#include "host/machines.h"
#include "journal/recover.h"
#include "machine/keys.h"
#include "machine/registered.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

static int machine_get_states(struct vbc_op *op, const struct vbc_refs *machines,
			      struct vbc_enums *ret)
{
	int code = machines->n ? vbc_IVirtualBox_getMachineStates(op, op->vbox, *machines, ret)
			       : VBC_OK;

	if (!code && ret->n != machines->n)
		code = vbc_fail(&op->error, VBC_E_PROTOCOL,
				"the host was asked for the states of %zu machines and gave %zu",
				machines->n, ret->n);
	return code;
}

/* The states, and the machines that have none. */
static int machine_find_unread(struct vbc_op *op, const struct vbc_refs *machines,
			       struct vbc_enums *states, struct vbc_refs *ret_unread)
{
	int code = machine_get_states(op, machines, states);
	vbc_ref *unread = VBC_ARENA_ARRAY(&op->arena, vbc_ref, machines->n);
	size_t n = 0;

	if (!code && !unread)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < machines->n; i++)
		if (states->v[i] == VBC_MachineState_Null)
			unread[n++] = machines->v[i];
	*ret_unread = (struct vbc_refs){.n = n, .v = unread};
	return code;
}

/* What VirtualBox says of one of them, which may even be that it failed, keeps nobody from the
 * rest. */
static int machine_read_unread(struct vbc_op *op, const struct vbc_refs *unread)
{
	for (size_t i = 0; i < unread->n; i++) {
		struct vbc_aside aside = vbc_aside_begin(op);
		bool accessible = false;
		int code = vbc_IMachine_getAccessible(op, unread->v[i], &accessible);

		code = vbc_aside_forgive(&aside, code,
					 VBC_CODE(VBC_E_FAULT) | VBC_CODE(VBC_E_BUSY) |
						 VBC_CODE(VBC_E_STATE) | VBC_CODE(VBC_E_NOTFOUND));
		if (code)
			return code;
	}
	return VBC_OK;
}

/* One of them that is a node; "": none is. */
static int machine_find_unread_node(struct vbc_op *op, const struct vbc_refs *unread,
				    const char **ret_id)
{
	struct vbc_batch_call *calls =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, unread->n);
	const char **ids = VBC_ARENA_ARRAY(&op->arena, const char *, unread->n);
	struct vbc_strs nodes = {0};
	int code =
		calls && ids ? vbc_meta_ids(op, VBC_NODE_KIND, &nodes) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < unread->n; i++) {
		ids[i] = "";
		calls[i] = (struct vbc_batch_call){
			.method = VBC_M_IMachine_getId, .self = unread->v[i], .out = &ids[i]};
	}
	if (!code)
		code = vbc_batch(op, calls, unread->n);
	*ret_id = "";
	for (size_t i = 0; !code && i < unread->n; i++)
		if (vbc_strs_has(&nodes, ids[i]))
			*ret_id = ids[i];
	return code;
}

/*
 * Two machines that have each other's disks: VirtualBox can read neither before the other. Once in
 * an operation, and for nodes, of whose disks there are records.
 */
static int machine_open_lost_disks(struct vbc_op *op, const struct vbc_refs *unread,
				   bool *ret_opened)
{
	struct vbc_known known = vbc_known(op);
	const char *id = "";
	int code = known.opened_lost ? VBC_OK : machine_find_unread_node(op, unread, &id);

	*ret_opened = !code && id[0];
	if (!*ret_opened)
		return code;
	known.opened_lost = true;
	code = vbc_known_set(op, &known);
	if (!code)
		vbc_recover_lost_disks(op, 1);
	return code;
}

static int machine_read_states(struct vbc_op *op, const struct vbc_refs *machines,
			       struct vbc_enums *ret_states, struct vbc_refs *ret_unread)
{
	int code = machine_find_unread(op, machines, ret_states, ret_unread);
	bool opened = false;

	while (!code && ret_unread->n) {
		size_t before = ret_unread->n;

		code = machine_read_unread(op, ret_unread);
		if (!code)
			code = machine_find_unread(op, machines, ret_states, ret_unread);
		if (code || ret_unread->n < before)
			continue;
		code = machine_open_lost_disks(op, ret_unread, &opened);
		if (!opened)
			break;
	}
	return code;
}

int vbc_machine_read_again(struct vbc_op *op)
{
	struct vbc_refs machines = {0}, unread = {0};
	struct vbc_enums states = {0};
	struct vbc_known known = vbc_known(op);
	int code = VBC_OK;

	if (known.read_again)
		return VBC_OK;
	code = vbc_machines_known(op, &machines);
	if (!code)
		code = machine_read_states(op, &machines, &states, &unread);
	if (code)
		return code;
	known = vbc_known(op);
	known.read_again = true;
	known.unread = unread;
	return vbc_known_set(op, &known);
}

bool vbc_machine_is_unread(const struct vbc_op *op, vbc_ref machine)
{
	const struct vbc_refs unread = vbc_known(op).unread;

	for (size_t i = 0; i < unread.n; i++)
		if (streq(unread.v[i].s, machine.s))
			return true;
	return false;
}

int vbc_machine_states(struct vbc_op *op, const struct vbc_refs *machines,
		       struct vbc_enums *ret_states)
{
	struct vbc_refs unread = {0};
	int code = machine_find_unread(op, machines, ret_states, &unread);

	if (code || !unread.n)
		return code;
	code = vbc_machine_read_again(op); /* of all: one may have what another one needs */
	return code ? code : machine_get_states(op, machines, ret_states);
}

int vbc_machine_check_free(struct vbc_op *op, const char *noun, const char *name)
{
	struct vbc_known known = vbc_known(op);
	const char *id = "";
	int code = known.unread.n ? machine_find_unread_node(op, &known.unread, &id) : VBC_OK;

	if (code || !id[0])
		return code;
	return vbc_fail(
		&op->error, VBC_E_BUSY,
		"%s '%s' may be needed by node '%s', which VirtualBox cannot read; repair or "
		"destroy that node first",
		noun, name, id);
}

int vbc_node_accessible(struct vbc_op *op, const char *id, bool *ret)
{
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	*ret = true;
	return code || vbc_ref_is_null(machine) ? code
						: vbc_IMachine_getAccessible(op, machine, ret);
}

int vbc_node_check_readable(struct vbc_op *op, const char *id)
{
	bool accessible = true;
	int code = vbc_node_accessible(op, id, &accessible);

	if (!code && !accessible)
		code = vbc_machine_read_again(op);
	if (!code && !accessible)
		code = vbc_node_accessible(op, id, &accessible);
	if (code || accessible)
		return code;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_SHOW_NODE,
			     "VirtualBox cannot read the machine of node '%s'", id);
}
