/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LOG_H
#define VBC_MACHINE_LOG_H

#include "vbox/op.h"

/* The log of the machine's last run, and the nth before it. */
int vbc_node_read_log(struct vbc_op *op, vbc_ref machine, unsigned nth, struct vbc_buf *text);

#endif
