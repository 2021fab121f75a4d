/* SPDX-License-Identifier: Apache-2.0 */
#include "claim/judge.h"

#include <string.h>

bool vbc_amount_fits(struct vbc_amount taken, struct vbc_amount room)
{
	return taken.cpus <= room.cpus && taken.memory_mib <= room.memory_mib;
}

void vbc_amount_add(struct vbc_amount *to, struct vbc_amount more)
{
	to->cpus += more.cpus;
	to->memory_mib += more.memory_mib;
}

enum vbc_claim_verdict vbc_claim_judge(const struct vbc_claimed *claims, size_t n,
				       const struct vbc_claimed *own, struct vbc_amount machines,
				       struct vbc_amount room)
{
	struct vbc_amount all = machines, before = machines;

	for (size_t i = 0; i < n; i++) {
		int order = strcmp(claims[i].id, own->id);

		if (!order)
			continue;
		vbc_amount_add(&all, claims[i].asks);
		if (claims[i].held || order < 0)
			vbc_amount_add(&before, claims[i].asks);
	}
	vbc_amount_add(&all, own->asks);
	vbc_amount_add(&before, own->asks);
	if (vbc_amount_fits(all, room))
		return VBC_CLAIM_HELD;
	return vbc_amount_fits(before, room) ? VBC_CLAIM_LATER : VBC_CLAIM_REFUSED;
}
