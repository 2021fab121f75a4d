/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ids of machines from where their settings lie: those of a node, as it is made, in a folder
 * and a file that are both called after its id. Other programs can call them so, too: what is
 * claimed is checked with the name that the node's metadata has, or asked for.
 */
#ifndef VBC_MACHINE_CLAIM_H
#define VBC_MACHINE_CLAIM_H

#include "vbox/op.h"

/*
 * Into ret_ids[0..n): the one of ids that each settings file lies in the folder of; "": none, or
 * two lie in folders of that name.
 */
int vbc_ids_claim(struct vbc_op *op, const struct vbc_strs *ids, const char *const *settings,
		  size_t n, const char **ret_ids);

#endif
