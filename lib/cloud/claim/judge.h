/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who of several that ask for room of a host at the same time gets it: numbers alone, no calls.
 */
#ifndef VBC_CLAIM_JUDGE_H
#define VBC_CLAIM_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CPUs and MiB of memory: what a host has for its machines, or what is taken of that. */
struct vbc_amount {
	uint64_t cpus, memory_mib;
};

/* A claim that counts. */
struct vbc_claimed {
	const char *id;
	struct vbc_amount asks;
	bool held; /* its node is being made */
};

enum vbc_claim_verdict { VBC_CLAIM_HELD, VBC_CLAIM_LATER, VBC_CLAIM_REFUSED };

bool vbc_amount_fits(struct vbc_amount taken, struct vbc_amount room);
void vbc_amount_add(struct vbc_amount *to, struct vbc_amount more);

/*
 * What becomes of the claim `own`, which is among claims[0..n) or will be, where machines take so
 * much of the room already. It is held when all claims fit. If they do not, it is refused when
 * those before it, which are held or whose id is lower, leave it no room; else some behind it will
 * be refused, and the claim is looked at again then.
 */
enum vbc_claim_verdict vbc_claim_judge(const struct vbc_claimed *claims, size_t n,
				       const struct vbc_claimed *own, struct vbc_amount machines,
				       struct vbc_amount room);

#endif
