/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NETWORK_NETWORK_H
#define VBC_NETWORK_NETWORK_H

#include <vboxcloud/network.h>

#include "vbox/op.h"

/* All that is shown of a network, asked of VirtualBox's object. */
int vbc_network_show(struct vbc_op *op, enum vbc_network_kind kind, vbc_ref ref,
		     struct vbc_network **ret);

#endif
