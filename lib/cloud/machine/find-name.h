/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_FIND_NAME_H
#define VBC_MACHINE_FIND_NAME_H

#include "machine/node-ref.h"

/*
 * The node of a name, or else the one whose id begins so; a null machine: there is none. VBC_E_ARG:
 * there is more than one.
 * keys: of the host's extra data. surely: also the nodes that were made here are asked, with a call
 * each, as another tool may have given one of them the name since the last list.
 */
int vbc_node_find_by_name(struct vbc_op *op, const struct vbc_strs *keys, const char *name,
			  bool surely, struct vbc_node_ref *ret);

#endif
