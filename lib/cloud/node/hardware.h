/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_HARDWARE_H
#define VBC_NODE_HARDWARE_H

#include "vbox/op.h"

struct vbc_platform;
struct vbc_size;

#define VBC_NODE_CONTROLLER "SATA" /* of the nodes we make */

/*
 * Sets up the hardware of a machine that is not registered yet; serial_file may be NULL. It starts
 * from a disc when its disk starts nothing.
 */
int vbc_node_set_hardware(struct vbc_op *op, vbc_ref machine, const struct vbc_size *size,
			  const struct vbc_platform *platform, const char *serial_file);

#endif
