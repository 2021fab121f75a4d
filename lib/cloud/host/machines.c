/* SPDX-License-Identifier: Apache-2.0 */
#include "host/machines.h"

#include "host/known.h"

int vbc_machines_list(struct vbc_op *op, struct vbc_refs *ret_machines)
{
	struct vbc_refs *machines = VBC_ARENA_NEW(&op->arena, struct vbc_refs);
	struct vbc_known known = vbc_known(op);
	int code = machines ? vbc_IVirtualBox_getMachines(op, op->vbox, machines)
			    : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	*ret_machines = *machines;
	known.machines = machines;
	return vbc_known_set(op, &known);
}

int vbc_machines_known(struct vbc_op *op, struct vbc_refs *ret_machines)
{
	const struct vbc_refs *machines = vbc_known(op).machines;

	if (!machines)
		return vbc_machines_list(op, ret_machines);
	*ret_machines = *machines;
	return VBC_OK;
}
