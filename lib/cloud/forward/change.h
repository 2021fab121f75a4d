/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_CHANGE_H
#define VBC_FORWARD_CHANGE_H

#include "vbox/op.h"

struct vbc_meta;

/* Undoes it, see struct vbc_journal_kind. */
int vbc_forward_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
