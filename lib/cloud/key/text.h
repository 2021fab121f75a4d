/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_KEY_TEXT_H
#define VBC_KEY_TEXT_H

struct vbc_arena;
struct vbc_error;

/*
 * Reads a public key as it stands in authorized_keys, without options: "type base64 comment".
 * *ret_line is it with single spaces and no end of line, and without a comment that is no UTF-8;
 * *ret_fingerprint "SHA256:…".
 */
int vbc_key_read(struct vbc_arena *a, const char *text, const char **ret_line,
		 const char **ret_fingerprint, struct vbc_error *err);

#endif
