/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding the adapters of machines that are switched on: VirtualBox must be asked slot by slot, of
 * which there are up to 36. Where it is known how many there are, no more slots than needed are
 * asked about.
 */
#ifndef VBC_MACHINE_ADAPTER_SEARCH_H
#define VBC_MACHINE_ADAPTER_SEARCH_H

#include "machine/adapter-row.h"

struct vbc_told;

/*
 * Of all these machines, by machine and slot; told (may be NULL) is what is known of each. Of those
 * with their attachment told, `attached` is set and `type` is that. *ret_slots: how many slots each
 * has, 0 where that was not asked. *ret_lost is set when an object that was asked is no more.
 */
int vbc_adapters_search(struct vbc_op *op, const vbc_ref *machines, const struct vbc_told *told,
			size_t n, struct vbc_adapter **ret, size_t *ret_n, uint32_t **ret_slots,
			bool *ret_lost);

#endif
