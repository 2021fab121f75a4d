/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_EJECT_H
#define VBC_NODE_EJECT_H

#include "vbox/op.h"

struct vbc_meta;

/* Undoes it, see struct vbc_journal_kind. */
int vbc_node_eject_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
