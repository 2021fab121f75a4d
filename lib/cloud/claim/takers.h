/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What takes room of a host: its machines, whether they run or not, and the nodes that clients
 * have claimed room for and are about to make.
 */
#ifndef VBC_CLAIM_TAKERS_H
#define VBC_CLAIM_TAKERS_H

#include "claim/judge.h"
#include "vbox/op.h"

struct vbc_meta;

#define VBC_CLAIM_TAGS "tags" /* in a claim, as in the metadata of a node */

/* A machine that was asked; what is unknown of it takes nothing. */
struct vbc_taker {
	vbc_ref machine;
	struct vbc_amount has;
	const char *id; /* "": it was not asked for that */
};

struct vbc_takers {
	struct vbc_strs keys; /* of the host's extra data, when they were read */
	struct vbc_claimed *claims;
	const char **texts; /* what these say */
	size_t n_claims;
	struct vbc_taker *machines;
	size_t n_machines;
};

/*
 * Reads them all, the claims before the machines: so a claim that is gone has become a machine that
 * is seen. What *takers has from an earlier call is not asked again of machines that are still
 * there. Claims of programs that are gone do not count, and are removed unless the handle is one
 * that changes nothing; but for those whose nodes may exist until the journal's entry is undone.
 */
int vbc_takers_read(struct vbc_op *op, struct vbc_takers *takers);

/*
 * Leaves out claims whose machines are among the others, which takes a call for each machine that
 * has not been asked yet.
 */
int vbc_takers_tell_apart(struct vbc_op *op, struct vbc_takers *takers);

/* What the machines take, and with the claims. */
struct vbc_amount vbc_takers_machines(const struct vbc_takers *takers);
struct vbc_amount vbc_takers_all(const struct vbc_takers *takers);

#endif
