/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/registered.h"

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
