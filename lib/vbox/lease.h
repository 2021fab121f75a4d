/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an operation has said on the host about itself (its work, a lock), for as
 * long as it lives: it is signed anew every few seconds, before one of the operation's calls. That
 * keeps the web session alive, too.
 */
#ifndef VBC_VBOX_LEASE_H
#define VBC_VBOX_LEASE_H

#include "vbox/meta.h"
#include "vbox/op.h"

struct vbc_lease {
	struct vbc_lease *next; /* of the operation's */
	const char *kind, *id;  /* of the entry        */
	struct vbc_meta *entry; /* belongs to who began the lease */
	bool work;              /* it says how to undo what is half done */
};

/* Signs the entry and writes it. */
int vbc_lease_write(struct vbc_op *op, const struct vbc_lease *lease);

/* Has the entry, which is written, signed anew from now on until vbc_lease_stop(). */
void vbc_lease_keep(struct vbc_op *op, struct vbc_lease *lease);
/* Signs those anew that it is time for. */
void vbc_lease_renew(struct vbc_op *op);
/* The newest of those that are kept which is of work; NULL: none. */
struct vbc_lease *vbc_lease_of_work(const struct vbc_op *op);
/* Harmless on one that is not kept, or NULL. */
void vbc_lease_stop(struct vbc_op *op, const struct vbc_lease *lease);

#endif
