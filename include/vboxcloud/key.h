/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Key pairs: public SSH keys that are kept on the host under a name, for new nodes.
 */
#ifndef VBOXCLOUD_KEY_H
#define VBOXCLOUD_KEY_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_key {
	const char *name;
	const char *public_key;  /* one line: type, base64, comment; "": cannot be read        */
	const char *fingerprint; /* "SHA256:…", as ssh-keygen -l shows it; "": the same        */
	const char *private_key; /* only of a pair that was just made: OpenSSH's format; else "" */
	int64_t created_at_ms;
};

struct vbc_keys {
	size_t n;
	const struct vbc_key *const *v;
};

/*
 * Lists the keys, by name. *ret_keys is the caller's, free it with vbc_keys_free(). Errors as
 * vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_key_list(struct vbc_host *host, struct vbc_keys **ret_keys, struct vbc_error *err);
void vbc_keys_free(struct vbc_keys *keys);

/*
 * Finds the key of a name. *ret_key is the caller's, free it with vbc_key_free(). Errors:
 * VBC_E_NOTFOUND, and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_key_get(struct vbc_host *host, const char *name, struct vbc_key **ret_key,
		struct vbc_error *err);
/* Frees a key; a private key in it is wiped. Any thread. Since 0.1. */
void vbc_key_free(struct vbc_key *key);

/*
 * Makes a new ed25519 pair. The private key is in the result only: it is kept nowhere. *ret_key is
 * the caller's, free it with vbc_key_free(). Errors: VBC_E_ARG (name), VBC_E_EXISTS, and those of
 * vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_key_create(struct vbc_host *host, const char *name, const struct vbc_wait *wait,
		   struct vbc_key **ret_key, struct vbc_error *err);

/*
 * Makes a new ed25519 pair that no host knows; nothing is kept of it. `name`: its own, and the
 * comment of the public key; 1 to 255 characters on one line. *ret_key is the caller's, free it
 * with vbc_key_free(). Errors: VBC_E_ARG (name), VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_key_make(const char *name, struct vbc_key **ret_key, struct vbc_error *err);

/*
 * Keeps a public key under a name. `public_key`: one line as in authorized_keys, without options;
 * lines that are empty or begin with # may be around it. Its comment is kept if it is UTF-8.
 * *ret_key is the caller's, free it with vbc_key_free(). Errors: VBC_E_ARG (name; not a public key,
 * or not a whole one; several; a private key), VBC_E_EXISTS, and those of vbc_host_show(). Any
 * thread. Since 0.1.
 */
int vbc_key_import(struct vbc_host *host, const char *name, const char *public_key,
		   const struct vbc_wait *wait, struct vbc_key **ret_key, struct vbc_error *err);

/* Forgets a key; nodes made with it keep it. Errors: VBC_E_NOTFOUND. Any thread. Since 0.1. */
int vbc_key_delete(struct vbc_host *host, const char *name, const struct vbc_wait *wait,
		   struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
