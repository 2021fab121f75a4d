/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/registered.h"

#include "vbox/aside.h"

int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref machine = {NULL};
	int code =
		vbc_aside_absent(&aside, vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine));

	if (!code)
		*ret_machine = machine;
	return code;
}

int vbc_node_check_readable(struct vbc_op *op, const char *id)
{
	bool accessible = true;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (!code && !vbc_ref_is_null(machine))
		code = vbc_IMachine_getAccessible(op, machine, &accessible);
	if (code || accessible)
		return code;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_SHOW_NODE,
			     "VirtualBox cannot read the machine of node '%s'", id);
}
