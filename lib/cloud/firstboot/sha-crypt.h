/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hash of a password that guests know: "$6$" of crypt(3), by SHA-512, as Ulrich Drepper's
 * "Unix crypt using SHA-256 and SHA-512" specifies it. Not every system's own crypt() has it.
 */
#ifndef VBC_FIRSTBOOT_SHA_CRYPT_H
#define VBC_FIRSTBOOT_SHA_CRYPT_H

#include <stdbool.h>

#define VBC_SHA_CRYPT_SALT 16  /* characters at most */
#define VBC_SHA_CRYPT_SIZE 128 /* bytes, of the longest hash and its end */

/* Of 1000 ROUNDS and more. false: no memory. */
bool vbc_sha_crypt(const char *password, const char *salt, unsigned rounds,
		   char ret[VBC_SHA_CRYPT_SIZE]);

#endif
