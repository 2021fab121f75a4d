/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_ADAPTER_SLOTS_H
#define VBC_MACHINE_ADAPTER_SLOTS_H

#include "vbox/op.h"

#define VBC_ADAPTERS     8  /* of a machine, but for those with the chipset ICH9 */
#define VBC_ADAPTERS_MAX 36 /* those have                                        */

/*
 * How many adapters each of some machines has; *ret_lost is set when an object that was asked is no
 * more.
 */
int vbc_network_slots(struct vbc_op *op, const vbc_ref *machines, size_t n,
		      const uint32_t **ret_slots, bool *ret_lost);

#endif
