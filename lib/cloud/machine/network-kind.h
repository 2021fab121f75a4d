/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_NETWORK_KIND_H
#define VBC_MACHINE_NETWORK_KIND_H

#include <vboxcloud/network.h>

#include "vbox/op.h"

enum vbc_network_kind vbc_network_kind_from(enum vbc_NetworkAttachmentType type);
enum vbc_NetworkAttachmentType vbc_network_kind_to(enum vbc_network_kind kind);

#endif
