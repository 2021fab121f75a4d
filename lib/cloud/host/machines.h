/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_HOST_MACHINES_H
#define VBC_HOST_MACHINES_H

#include "vbox/op.h"

/* All machines, asked for now. */
int vbc_machines_list(struct vbc_op *op, struct vbc_refs *ret_machines);
/* The same, as they were when the operation first asked for them. */
int vbc_machines_known(struct vbc_op *op, struct vbc_refs *ret_machines);

#endif
