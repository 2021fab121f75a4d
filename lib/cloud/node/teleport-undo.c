/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teleport-undo.h"

#include "forward/port-reconcile.h"
#include "machine/named.h"
#include "machine/record.h"
#include "machine/registered.h"
#include "node/remove.h"
#include "node/teleport-disks.h"
#include "node/teleport-listen.h"
#include "node/teleport-log.h"
#include "node/teleport-state.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

int vbc_teleport_arrive(struct vbc_op *op, vbc_ref machine, const char *id,
			const struct vbc_meta *entry)
{
	const char *json = vbc_meta_str(entry, VBC_TELEPORT_NODE),
		   *key = vbc_node_record_key(op, id);
	struct vbc_meta *VBC_META meta = vbc_meta_parse(json);
	int code = key ? vbc_named_put(op, id, vbc_meta_name(meta, "name"))
		       : vbc_fail_nomem(&op->error);

	if (!code && json[0])
		code = vbc_IVirtualBox_setExtraData(op, op->vbox, key, json);
	if (!code)
		code = vbc_teleport_take_disks(op, id, entry);
	if (!code)
		code = vbc_port_reconcile(op, id, machine);
	return code ? code : vbc_teleport_listen_no_more(op, machine, id);
}

void vbc_teleport_forget_disks(struct vbc_op *op, const struct vbc_meta *entry)
{
	vbc_teleport_forget_own(op, entry);
	vbc_teleport_forget_volumes(op, entry);
	vbc_teleport_forget_borrowed(op, entry);
}

int vbc_node_arrive_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	enum vbc_teleport_state state = VBC_TELEPORT_ELSE;
	enum vbc_SessionState session = VBC_SessionState_Null;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (!code && vbc_ref_is_null(machine))
		vbc_teleport_forget_disks(op, entry);
	if (code || vbc_ref_is_null(machine))
		return code;
	code = vbc_teleport_state(op, machine, &state);
	if (!code)
		code = vbc_IMachine_getSessionState(op, machine, &session);
	if (!code &&
	    (state == VBC_TELEPORT_UP ||
	     (session == VBC_SessionState_Unlocked && vbc_meta_str(entry, VBC_TELEPORT_SENT)[0] &&
	      vbc_teleport_find_fate(op, machine) != VBC_TELEPORT_STAYED)))
		return vbc_teleport_arrive(op, machine, id, entry);
	if (!code && session != VBC_SessionState_Unlocked)
		code = vbc_teleport_stop_listening(op, machine, id);
	if (!code)
		code = vbc_teleport_listen_no_more(op, machine, id);
	if (!code)
		code = vbc_node_let_go(op, machine);
	if (!code)
		vbc_teleport_forget_disks(op, entry);
	return code;
}

/* Whether it was given away. That VirtualBox says so as long as its service runs. */
static bool machine_is_given(struct vbc_op *op, vbc_ref machine, enum vbc_teleport_state state,
			     const struct vbc_meta *entry)
{
	return state == VBC_TELEPORT_GIVEN ||
	       (state == VBC_TELEPORT_OFF && vbc_meta_str(entry, VBC_TELEPORT_SENT)[0] &&
		vbc_teleport_find_fate(op, machine) == VBC_TELEPORT_WENT);
}

/* A machine that is not here, and was never sent, was removed by another tool: its volumes stay. */
int vbc_node_leave_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	enum vbc_teleport_state state = VBC_TELEPORT_ELSE;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (!code && vbc_ref_is_null(machine) && !vbc_meta_str(entry, VBC_TELEPORT_SENT)[0])
		return VBC_OK;
	if (!code && !vbc_ref_is_null(machine))
		code = vbc_teleport_rest(op, machine, &state);
	if (code || (!vbc_ref_is_null(machine) && !machine_is_given(op, machine, state, entry)))
		return code;
	if (!vbc_ref_is_null(machine)) {
		code = vbc_lock_wait_free(op, machine, id);
		if (!code)
			code = vbc_node_let_go(op, machine);
	}
	if (code)
		return code;
	vbc_teleport_forget_own(op, entry);
	code = vbc_teleport_leave_disks(op, id, entry);
	return code ? code : vbc_node_forget(op, id);
}
