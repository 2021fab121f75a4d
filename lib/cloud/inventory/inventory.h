/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a host's machines were found to be, kept with the web session for the next list. VirtualBox
 * tells which of them were changed since (vbox/fence.h), and only these are read again.
 *
 * Nothing is taken from it that no event tells in time: the states, which are one call for all, the
 * sizes of disks where no event tells of these, and the addresses that guests and DHCP servers tell
 * are asked each time. Where anything is amiss all is forgotten and read anew.
 *
 * One thread at a time has it; the others wait. None has it while it runs other operations.
 */
#ifndef VBC_INVENTORY_INVENTORY_H
#define VBC_INVENTORY_INVENTORY_H

#include "inventory/stock.h"
#include "vbox/op.h"

struct vbc_inventory;

/*
 * Before an operation that lists: hears what was changed until now, and makes the keys of the
 * host's extra data known to it (host/keys.h). Without an inventory nothing is done. ret_calls: for
 * vbc_inventory_take().
 */
int vbc_inventory_begin(struct vbc_op *op, unsigned *ret_calls);

/*
 * Takes it, with those machines that there are now: *ret_stock, valid until it is given back; NULL:
 * there is no inventory here. If the operation has made calls since vbc_inventory_begin(), it is
 * heard once more.
 */
int vbc_inventory_take(struct vbc_op *op, unsigned calls, struct vbc_inventory **ret,
		       struct vbc_stock **ret_stock);
/* NULL is fine. */
void vbc_inventory_give_back(struct vbc_inventory *inventory);

#endif
