/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a NoCloud seed is made of, as bytes. No host.
 *
 * The keys, the host name and the instance id are meta-data; the password is vendor-data, which
 * user-data goes before. So what the user gives as user-data is theirs alone, whatever its form.
 */
#ifndef VBC_FIRSTBOOT_SEED_BUILD_H
#define VBC_FIRSTBOOT_SEED_BUILD_H

#include <vboxcloud/first-boot.h>

#include <stddef.h>

struct vbc_arena;
struct vbc_buf;

#define VBC_SEED_MAX (VBC_USER_DATA_MAX + (1u << 20)) /* bytes, of the whole */

struct vbc_seed_facts {
	const char *instance_id, *hostname;
	const char *const *keys; /* lines */
	size_t n_keys;
	const char *password_hash; /* "": none */
	const char *user_data;     /* ""       */
	size_t user_data_size;
	const char *const *macs; /* of the network adapters, 12 hexadecimal digits each */
	size_t n_macs;
};

/* The image of the disc; VBC_E_NOMEM. */
int vbc_seed_build(const struct vbc_seed_facts *facts, struct vbc_buf *out, struct vbc_error *err);

/* A host name made from any text, in the arena: "Web 1" is "web-1". NULL: no memory. */
const char *vbc_seed_hostname(struct vbc_arena *a, const char *text);

/* As crypt(3) makes it, by SHA-512 and with a salt of its own: all guests know that one. */
int vbc_seed_hash(struct vbc_arena *a, const char *password, const char **ret_hash,
		  struct vbc_error *err);

/* What can be judged without a host. */
int vbc_seed_check(const struct vbc_first_boot *from, struct vbc_error *err);

#endif
