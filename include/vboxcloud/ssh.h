/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * SSH: where the SSH server of a node's guest is reached from here, and whether it answers.
 */
#ifndef VBOXCLOUD_SSH_H
#define VBOXCLOUD_SSH_H

#include <stdbool.h>
#include <stddef.h>

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_ssh {
	const char *node;    /* id */
	const char *name;    /* of the node */
	const char *address; /* in numbers, or the host of the handle's URL */
	unsigned port;
	const char *origin;   /* how that is known: "forward", "guest" or "lease"             */
	const char *username; /* who logs in, as the node's image said; "" unknown            */
	bool from_host;       /* the address is one of the host's own: it serves there alone  */
};

/*
 * Finds the way to a node's SSH server: a port forward to port 22 of its guest, on the host that
 * the handle's URL names, or else an address of the guest's own. Nothing is said of whether anyone
 * answers. *ret_ssh is the caller's, free it with vbc_ssh_free(). Errors: VBC_E_STATE (there is no
 * such way, or none from here), VBC_E_NOTFOUND, VBC_E_ARG, and those of vbc_host_show(). Any
 * thread. Since 0.1.
 */
int vbc_ssh_find(struct vbc_host *host, const char *node, struct vbc_ssh **ret_ssh,
		 struct vbc_error *err);
void vbc_ssh_free(struct vbc_ssh *ssh);

/*
 * Finds it as vbc_ssh_find() does, and waits until the server greets. A port of the host accepts
 * connections long before that. *ret_ssh is the caller's, free it with vbc_ssh_free(). Errors:
 * those of vbc_ssh_find(), VBC_E_STATE (the node does not run), VBC_E_TIMEOUT, VBC_E_CANCELLED. Any
 * thread. Since 0.1.
 */
int vbc_ssh_wait(struct vbc_host *host, const char *node, const struct vbc_wait *wait,
		 struct vbc_ssh **ret_ssh, struct vbc_error *err);

/*
 * How to find a way. Start from VBC_SSH_OPTS_INIT.
 *
 * on_host: the caller can log in to the host itself and go on from there (ssh -J). Then what only
 * programs on the host can reach is a way, too, told by `from_host`; and a URL at a loopback
 * address, which is a tunnel's end then, is not where the host's ports are.
 *
 * wait: until the server greets, as vbc_ssh_wait(). Where from_host is true, `dial` connects: it
 * returns a socket that the library closes, from which comes what the server says; or -1, and if it
 * fills *err then with a code of enum vbc_code, that is the end of it. It is called again and
 * again, by the thread that waits.
 */
struct vbc_ssh_opts {
	size_t size;
	bool on_host;
	bool wait;
	int (*dial)(void *data, const struct vbc_ssh *ssh, struct vbc_error *err);
	void *data;
};

#define VBC_SSH_OPTS_INIT                                                                          \
	{                                                                                          \
		.size = sizeof(struct vbc_ssh_opts)                                                \
	}

/*
 * Finds the way to a node's SSH server as vbc_ssh_find() and vbc_ssh_wait() do, but as the options
 * say; opts NULL: none of them. *ret_ssh is the caller's, free it with vbc_ssh_free(). Errors:
 * those of vbc_ssh_wait(), VBC_E_ARG (waiting with on_host needs a dial), and what dial said. Any
 * thread. Since 0.1.
 */
int vbc_ssh_reach(struct vbc_host *host, const char *node, const struct vbc_ssh_opts *opts,
		  const struct vbc_wait *wait, struct vbc_ssh **ret_ssh, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
