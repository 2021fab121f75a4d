/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NETWORK_CHOICE_H
#define VBC_NETWORK_CHOICE_H

#include <vboxcloud/network.h>

#include "vbox/op.h"

/* The host-only networks; on hosts that have none of that kind, whatever their release, none. */
int vbc_network_hostonlynets(struct vbc_op *op, struct vbc_refs *ret);

/* Of a new node's adapters: it stays switched off. */
#define VBC_NETWORK_OFF ((enum vbc_network_kind)(VBC_NETWORK_KIND_UNKNOWN + 1))

/* Resolves what a node is to be attached to: each with the name of a network that there is. */
int vbc_network_resolve(struct vbc_op *op, const struct vbc_network_choice *choices, size_t n,
			const char ***ret_names);

#endif
