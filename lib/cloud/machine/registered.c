/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/registered.h"

#include "machine/read-again.h"
#include "vbox/aside.h"

int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref machine = {NULL};
	int code;

	op->may_lack = true;
	code = vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine);
	op->may_lack = false;
	code = vbc_aside_absent(&aside, code);
	if (!code)
		*ret_machine = machine;
	return code;
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
