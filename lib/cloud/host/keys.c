/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keys.h"

#include "host/known.h"

static int keys_ask(struct vbc_op *op, struct vbc_known *known)
{
	struct vbc_strs *keys = VBC_ARENA_NEW(&op->arena, struct vbc_strs);
	int code = keys ? vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, keys)
			: vbc_fail_nomem(&op->error);

	known->keys = keys;
	return code ? code : vbc_known_set(op, known);
}

int vbc_host_keys(struct vbc_op *op, struct vbc_strs *ret_keys)
{
	struct vbc_known known = vbc_known(op);
	int code = known.keys ? VBC_OK : keys_ask(op, &known);

	if (!code)
		*ret_keys = *known.keys;
	return code;
}

struct vbc_strs vbc_host_keys_known(const struct vbc_op *op)
{
	const struct vbc_strs *keys = vbc_known(op).keys;

	return keys ? *keys : (struct vbc_strs){.n = 0};
}
