/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_FIND_PREFIX_H
#define VBC_MACHINE_FIND_PREFIX_H

#include "machine/node-ref.h"

/*
 * The node whose id begins so, among all machines of the host; *ret stays where there is none.
 * VBC_E_ARG: there is more than one. keys: of the host's extra data. surely: also the machines that
 * are taken for ours are asked for their ids, with a call each.
 */
int vbc_node_find_by_prefix(struct vbc_op *op, const struct vbc_strs *keys,
			    const struct vbc_refs *machines, const char *prefix, bool surely,
			    struct vbc_node_ref *ret);

#endif
