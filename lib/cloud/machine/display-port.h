/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_DISPLAY_PORT_H
#define VBC_MACHINE_DISPLAY_PORT_H

#include "vbox/op.h"

/* A property of VirtualBox's server. */
#define VBC_DISPLAY_PORT "TCP/Ports"

/* The port that is set for a display; 0: it is none. */
int vbc_display_read_port(struct vbc_op *op, vbc_ref server, unsigned *ret_port);
/* The port that a machine's display has or will have; 0: it is not enabled. */
int vbc_display_port(struct vbc_op *op, vbc_ref machine, unsigned *ret_port);

#endif
