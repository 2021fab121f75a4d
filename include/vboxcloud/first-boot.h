/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * First boot: what a node's guest is told when it boots for the first time. It is a NoCloud seed, a
 * small disc labelled CIDATA in the node's DVD drive, which cloud-init and its like read.
 *
 * Nodes of images whose init is "dmi" get two strings in their firmware's tables instead, the
 * second of them "<disk in GiB> <password>". They carry nothing but a password, which stays
 * readable in the machine's settings on the host, and in VirtualBox's logs there.
 */
#ifndef VBOXCLOUD_FIRST_BOOT_H
#define VBOXCLOUD_FIRST_BOOT_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most bytes of user data that a seed carries. */
#define VBC_USER_DATA_MAX 16777216u

/* What to tell. Start from VBC_FIRST_BOOT_INIT; strings are borrowed for the call. */
struct vbc_first_boot {
	size_t size;
	/* May log in by SSH: names of keys on the host, or public keys (a file's text). */
	const char *const *ssh_keys;
	size_t n_ssh_keys;
	const char *password;  /* of the image's user, clear: only its hash leaves this program,
				* unless the image's init is "dmi"                              */
	const char *user_data; /* for cloud-init, in any of its forms, also packed with gzip:
				* handed over byte for byte                                     */
	const char *hostname;  /* NULL: made from the node's name                                 */
	size_t user_data_size; /* its bytes, which may be any; 0: it is a string                  */
};

#define VBC_FIRST_BOOT_INIT                                                                        \
	{                                                                                          \
		.size = sizeof(struct vbc_first_boot)                                              \
	}

/*
 * Gives a stopped node a new seed made of `first_boot`, in place of the one it has or as its first.
 * Its instance id is a new one, so that the guest applies it at its next boot as if that were the
 * first. A node of an image whose init is "dmi" may run, and gets other strings: without a
 * password, it is removed. Errors: VBC_E_ARG (a key, host name or user data cannot be used),
 * VBC_E_NOTFOUND (no such node or key), VBC_E_STATE (it is not stopped), VBC_E_VERSION (the host is
 * older than VirtualBox 6.0, or the node has no DVD drive and no place for one), and those of
 * vbc_node_start(). Any thread. Since 0.1.
 */
int vbc_first_boot_replace(struct vbc_host *host, const char *node,
			   const struct vbc_first_boot *first_boot, const struct vbc_wait *wait,
			   struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
