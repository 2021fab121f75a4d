/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What nodes show of their networks, as cells.
 */
#ifndef TOOL_NETWORK_CELLS_H
#define TOOL_NETWORK_CELLS_H

#include <vboxcloud/vboxcloud.h>

#include "out.h"

/* The cells public_ips, private_ips, addresses, forwards, adapters. */
void add_network(struct out *out, const struct vbc_node *node);

#endif
