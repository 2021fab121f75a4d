/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of port forwards share.
 */
#ifndef VBC_CLOUD_FORWARD_PRIVATE_H
#define VBC_CLOUD_FORWARD_PRIVATE_H

#include <vboxcloud/forward.h>

#include "network-private.h"

#define VBC_SSH_PORT 22
#define VBC_LOOPBACK "127.0.0.1"

int vbc_redirect_add(struct vbc_op *op, vbc_ref engine, const struct vbc_redirect *r);

/* A forward that somebody asks for, checked. Its strings are the asker's, or its own name. */
struct vbc_forward_wish {
	struct vbc_redirect r;
	unsigned slot;
	char name[20];
};

/* Checks what can be judged without a host. `ret` must stay where it is. */
int vbc_forward_read(const struct vbc_forward_add_opts *opts, struct vbc_forward_wish *ret,
		     struct vbc_error *err);

/*
 * Adds a forward to a machine that is not registered yet, from an adapter on NAT; the journal knows
 * the machine. The other: from a free port of the host to the guest's SSH.
 */
int vbc_forward_add_new(struct vbc_op *op, vbc_ref machine, const char *node,
			const struct vbc_forward_wish *wish);
int vbc_forward_add_ssh(struct vbc_op *op, vbc_ref machine, const char *node, unsigned slot);

/* A forward with its strings in that arena; false when there is no memory. */
bool vbc_forward_fill(struct vbc_arena *a, const char *node, unsigned adapter,
		      const struct vbc_redirect *r, struct vbc_forward *ret);

#endif
