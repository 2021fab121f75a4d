/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NETWORK_DELETE_H
#define VBC_NETWORK_DELETE_H

#include <vboxcloud/network.h>

#include "vbox/op.h"

struct vbc_meta;

/* In the journal's entry of one that is being made. */
#define VBC_NETWORK_KIND "network"
#define VBC_NETWORK_NAME "name"
#define VBC_NETWORK_ID   "id"

/* VirtualBox's object of that kind and name; null when there is none. */
int vbc_network_find(struct vbc_op *op, enum vbc_network_kind kind, const char *name, vbc_ref *ret);

/* Undoes it, see struct vbc_journal_kind. */
int vbc_network_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
