/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The machines of an inventory, and what is known of each: memory alone, no calls.
 */
#ifndef VBC_INVENTORY_STOCK_H
#define VBC_INVENTORY_STOCK_H

#include "base/arena.h"
#include "vbox/op.h"

struct vbc_node;

/* A machine. */
struct vbc_stocked {
	char *ref;
	struct vbc_arena arena;      /* of what follows                                        */
	const struct vbc_node *node; /* as it was read; NULL: it was not                  */
	unsigned fields;             /* enum vbc_node_field that it was read with              */
	const char *disk;            /* whose size is asked for each time; "": none            */
	bool changed;                /* since then, or perhaps                                 */
};

/* All that is kept; what a host says beyond that is asked each time. */
#define VBC_STOCK_MAX (24u << 20)

struct vbc_stock {
	size_t n, bytes;
	struct vbc_stocked *v; /* in VirtualBox's order                                   */
};

/*
 * Takes over which machines there are now: forgets those that are gone. False: no memory; then it
 * is as it was.
 */
bool vbc_stock_set_machines(struct vbc_stock *stock, const struct vbc_refs *machines);

/* Marks the machine of an id, if it is among them, as changed. */
void vbc_stock_mark(struct vbc_stock *stock, const char *id);

/*
 * Keeps what was read of a machine of the stock. False: no memory, or too much of it; the machine
 * counts as not read then.
 */
bool vbc_stocked_set(struct vbc_stock *stock, struct vbc_stocked *machine,
		     const struct vbc_node *node, unsigned fields, vbc_ref disk);

void vbc_stock_done(struct vbc_stock *stock);

#endif
