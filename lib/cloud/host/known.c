/* SPDX-License-Identifier: Apache-2.0 */
#include "host/known.h"

struct vbc_known vbc_known(const struct vbc_op *op)
{
	const struct vbc_known *known = op->known;

	return known ? *known : (struct vbc_known){.keys = NULL};
}

int vbc_known_set(struct vbc_op *op, const struct vbc_known *known)
{
	struct vbc_known *copy = VBC_ARENA_NEW(&op->arena, struct vbc_known);

	if (!copy)
		return vbc_fail_nomem(&op->error);
	*copy = *known;
	op->known = copy;
	return VBC_OK;
}
