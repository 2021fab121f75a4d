/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * SSH keys as text: reading public ones, making new pairs. No host.
 */
#ifndef VBC_KEY_PAIR_H
#define VBC_KEY_PAIR_H

struct vbc_arena;
struct vbc_error;

/* Makes an ed25519 pair: the public line with this comment, the private key in OpenSSH's form. */
int vbc_key_generate(struct vbc_arena *a, const char *comment, const char **ret_public,
		     char **ret_private, struct vbc_error *err);

#endif
