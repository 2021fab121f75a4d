/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_NAME_H
#define VBC_MACHINE_NAME_H

#include "vbox/op.h"

/* The name of a node of that id, in the operation's arena. */
int vbc_node_name(struct vbc_op *op, vbc_ref machine, const char *id, const char **ret_name);

#endif
