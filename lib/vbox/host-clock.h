/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VBOX_HOST_CLOCK_H
#define VBC_VBOX_HOST_CLOCK_H

#include "vbox/op.h"

/*
 * The host's clock, in ms since 1970 UTC; counted on here for some seconds before it is asked
 * again, since it may be set.
 */
int vbc_host_clock(struct vbc_op *op, int64_t *ret_utc_ms);

#endif
