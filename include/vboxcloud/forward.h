/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Port forwards: ports of the host through which a node behind NAT is reached.
 */
#ifndef VBOXCLOUD_FORWARD_H
#define VBOXCLOUD_FORWARD_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_forward {
	const char *node;     /* id                                                           */
	const char *name;     /* unique on the node's adapter                                 */
	unsigned adapter;     /* slot of the network adapter, from 0                          */
	const char *protocol; /* "tcp" or "udp"                                               */
	const char *host_ip;  /* "" all of the host's addresses                               */
	unsigned host_port;
	const char *guest_ip; /* "" the guest's own                                           */
	unsigned guest_port;
};

struct vbc_forwards {
	size_t n;
	const struct vbc_forward *const *v;
};

/*
 * Lists the forwards of a node, or of all nodes (node NULL). *ret_forwards is the caller's, free
 * it with vbc_forwards_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG, and those of vbc_host_show().
 * Any thread. Since 0.1.
 */
int vbc_forward_list(struct vbc_host *host, const char *node, struct vbc_forwards **ret_forwards,
		     struct vbc_error *err);
void vbc_forwards_free(struct vbc_forwards *forwards);

/* How to add. Start from VBC_FORWARD_ADD_OPTS_INIT; strings are borrowed for the call. */
struct vbc_forward_add_opts {
	size_t size;
	const char *name; /* NULL: made from the ports, "tcp-22"                          */
	unsigned adapter;
	const char *protocol; /* NULL: "tcp"                                                  */
	const char *host_ip;  /* NULL: "127.0.0.1"; "" all of the host's addresses            */
	unsigned host_port;   /* 0: a free one is chosen and reserved on the host             */
	const char *guest_ip; /* NULL: ""                                                     */
	unsigned guest_port;  /* required                                                     */
};

#define VBC_FORWARD_ADD_OPTS_INIT                                                                  \
	{                                                                                          \
		.size = sizeof(struct vbc_forward_add_opts)                                        \
	}

/*
 * Adds a forward to a node, stopped or running. Two clients never get the same host port: it is
 * reserved in the host's extra data first. Whether another program has it is known while the node
 * runs; see vbc_node_start() for later. *ret_forward is the caller's, free it with
 * vbc_forward_free(). Errors: VBC_E_EXISTS (name or host port taken), VBC_E_STATE (the adapter is
 * not on NAT), VBC_E_ARG, VBC_E_NOTFOUND, VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_forward_add(struct vbc_host *host, const char *node,
		    const struct vbc_forward_add_opts *opts, const struct vbc_wait *wait,
		    struct vbc_forward **ret_forward, struct vbc_error *err);
void vbc_forward_free(struct vbc_forward *forward);

/*
 * Removes the forward of a name from a node, stopped or running. Errors: VBC_E_NOTFOUND,
 * VBC_E_ARG, VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_forward_delete(struct vbc_host *host, const char *node, const char *name,
		       const struct vbc_wait *wait, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
