/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/aside.h"

struct vbc_aside vbc_aside_begin(struct vbc_op *op)
{
	struct vbc_aside aside = {op, op->error};

	vbc_op_forgive(op);
	return aside;
}

void vbc_aside_restore(struct vbc_aside *aside)
{
	if (aside->op)
		aside->op->error = aside->error;
	aside->op = NULL;
}

int vbc_aside_end(struct vbc_aside *aside, int code)
{
	if (code)
		aside->op = NULL;
	vbc_aside_restore(aside);
	return code;
}

int vbc_aside_forgive(struct vbc_aside *aside, int code, unsigned codes)
{
	return vbc_aside_end(aside, VBC_CODE(code) & codes ? VBC_OK : code);
}

int vbc_aside_absent(struct vbc_aside *aside, int code)
{
	return vbc_aside_forgive(aside, code, VBC_CODE(VBC_E_NOTFOUND));
}

int vbc_op_forgive(struct vbc_op *op)
{
	op->error = (struct vbc_error){0};
	return VBC_OK;
}
