/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making the seed of a node on its host, see disk/seed-disc.h.
 */
#ifndef VBC_FIRSTBOOT_SEED_H
#define VBC_FIRSTBOOT_SEED_H

#include "vbox/op.h"

struct vbc_first_boot;
struct vbc_meta;

/* A caller's struct, maybe an older program's, in full; what can be judged without a host. */
int vbc_seed_take(const struct vbc_first_boot *from, struct vbc_first_boot *ret,
		  struct vbc_error *err);

struct vbc_seed {
	const struct vbc_first_boot *from; /* NULL: there is none */
	const char *init; /* how the image's guest learns of its first boot; NULL, "": unknown */
	const char *instance_id, *hostname, *hash;
	const char *const *keys; /* lines */
	const char *path;        /* on the host */
	vbc_ref session;
	vbc_ref disc; /* once it is made */
};

/*
 * Finds the keys and makes the hash. `name` is the node's, `instance_id` and `path` have to be set.
 * VBC_E_VERSION when the host takes no uploads.
 */
int vbc_seed_prepare(struct vbc_op *op, const char *name, struct vbc_seed *seed);

/* Begins the upload, and writes into the journal's entry what vbc_seed_undo() needs. */
int vbc_seed_begin(struct vbc_op *op, struct vbc_seed *seed, struct vbc_meta *entry);

/* Puts the file on the host and opens it. `machine`: whose adapters the guest will have. */
int vbc_seed_create(struct vbc_op *op, struct vbc_seed *seed, vbc_ref machine);

/*
 * Removes the seed that the entry tells of, unless a machine has it, now or in a snapshot: that is
 * *ret_used (may be NULL).
 */
int vbc_seed_undo(struct vbc_op *op, const struct vbc_meta *entry, bool *ret_used);

#endif
