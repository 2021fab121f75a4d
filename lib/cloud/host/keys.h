/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_HOST_KEYS_H
#define VBC_HOST_KEYS_H

#include "vbox/op.h"

/*
 * All keys of the host's extra data, as they were when the operation began: asked for once in an
 * operation.
 */
int vbc_host_keys(struct vbc_op *op, struct vbc_strs *ret_keys);

/* The same if they have been asked for; none otherwise, as in gc, which asks anew what it needs. */
struct vbc_strs vbc_host_keys_known(const struct vbc_op *op);

#endif
