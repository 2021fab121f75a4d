/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_REGISTERED_H
#define VBC_MACHINE_REGISTERED_H

#include "vbox/op.h"

/* The machine of that id, or of that settings file; null when none is registered. */
int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine);

#endif
