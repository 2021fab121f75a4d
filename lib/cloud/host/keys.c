/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keys.h"

int vbc_host_keys(struct vbc_op *op, struct vbc_strs *ret_keys)
{
	struct vbc_strs *keys = op->keys;
	int code = VBC_OK;

	if (!keys) {
		keys = VBC_ARENA_NEW(&op->arena, struct vbc_strs);
		code = keys ? vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, keys)
			    : vbc_fail_nomem(&op->error);
	}
	if (code)
		return code;
	op->keys = keys;
	*ret_keys = *keys;
	return VBC_OK;
}

struct vbc_strs vbc_host_keys_known(const struct vbc_op *op)
{
	return op->keys ? *op->keys : (struct vbc_strs){.n = 0};
}
