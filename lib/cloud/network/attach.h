/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NETWORK_ATTACH_H
#define VBC_NETWORK_ATTACH_H

#include <vboxcloud/network.h>

#include "vbox/op.h"

struct vbc_meta;

/* Switches an adapter on, attached to a network; it must be off, or the first of a new machine. */
int vbc_network_plug(struct vbc_op *op, vbc_ref adapter, enum vbc_network_kind kind,
		     const char *name);

/* Undoes it, see struct vbc_journal_kind. */
int vbc_network_detach_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
