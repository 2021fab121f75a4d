/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether nothing new is to be placed on the host. The host's extra data says so, and thus every
 * client knows.
 */
#ifndef VBC_HOST_CORDON_H
#define VBC_HOST_CORDON_H

#include "vbox/op.h"

/* *ret_since_ms: since when, 0: unknown. */
int vbc_cordon_read(struct vbc_op *op, bool *ret_cordoned, int64_t *ret_since_ms);

/* The same by keys of the extra data that were fetched already. */
int vbc_cordon_find(struct vbc_op *op, const struct vbc_strs *keys, bool *ret_cordoned);

#endif
