/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Claims: how several clients that know nothing of each other never promise more of a host than it
 * has. Each writes what it asks for before it reads what all others ask for; so of two at least one
 * sees the other, however long a call takes. Who made a claim, and until when it lasts, is in it as
 * in all that a client says of itself (vbox/lease.h).
 */
#ifndef VBC_CLAIM_CLAIM_H
#define VBC_CLAIM_CLAIM_H

#include "vbox/lease.h"
#include "vbox/op.h"

struct vbc_overcommit;
struct vbc_tag;

/* What is claimed for. */
struct vbc_claim_for {
	const char *id; /* of the node, which the claim is called after */
	unsigned cpus, memory_mib, disk_gib;
	const struct vbc_tag *tags; /* that it will have: others may want to be near or apart */
	size_t n_tags;
};

/* What this operation claims; zeroed: nothing. */
struct vbc_claim {
	struct vbc_lease lease;
	struct vbc_meta *entry;
};

/*
 * Claims room of the host; VBC_E_SPACE, with the figure: there is none. When this returns without
 * an error the room is the caller's until the claim is dropped, which is due when the journal's
 * entry of that id is there and the machine registered. A handle that changes nothing claims
 * nothing.
 */
int vbc_claim_take(struct vbc_op *op, const struct vbc_claim_for *what,
		   const struct vbc_overcommit *within, struct vbc_claim *claim);

/* Also while the operation fails; harmless where nothing is claimed. */
void vbc_claim_drop(struct vbc_op *op, struct vbc_claim *claim);

#endif
