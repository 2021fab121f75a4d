/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * SSH keys as text: reading public ones, making new pairs. No host.
 */
#ifndef VBC_KEY_PAIR_H
#define VBC_KEY_PAIR_H

#include "base/arena.h"
#include "base/error-private.h"

/*
 * Reads a public key as it stands in authorized_keys, without options: "type base64 comment".
 * *ret_line is it with single spaces and no end of line, and without a comment that is no UTF-8;
 * *ret_fingerprint "SHA256:…".
 */
int vbc_key_read(struct vbc_arena *a, const char *text, const char **ret_line,
		 const char **ret_fingerprint, struct vbc_error *err);

/* Makes an ed25519 pair: the public line with this comment, the private key in OpenSSH's form. */
int vbc_key_generate(struct vbc_arena *a, const char *comment, const char **ret_public,
		     char **ret_private, struct vbc_error *err);

#endif
