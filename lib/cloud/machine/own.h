/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The machines that were made here, which VirtualBox tells in one call: those of our group.
 */
#ifndef VBC_MACHINE_OWN_H
#define VBC_MACHINE_OWN_H

#include "vbox/op.h"

/*
 * They are sure to have metadata: another tool may have put others into the group, but if they are
 * more than have metadata, there are none. With `being_made` those count, too, that may get some
 * just now: then each other work that is going on could hide one of another tool. keys: of the
 * host's extra data.
 */
int vbc_own_find(struct vbc_op *op, const struct vbc_strs *keys, bool being_made,
		 struct vbc_refs *ret);

/* Whether a machine is among these. */
bool vbc_own_has(const struct vbc_refs *own, vbc_ref machine);

#endif
