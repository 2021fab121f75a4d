/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_NEW_H
#define VBC_FORWARD_NEW_H

#include "vbox/op.h"

struct vbc_forward_request;

#define VBC_SSH_PORT 22

/*
 * Adds a forward to a machine that is not registered yet, from an adapter on NAT; the journal knows
 * the machine. The other: from a free port of the host to the guest's SSH.
 */
int vbc_forward_add_new(struct vbc_op *op, vbc_ref machine, const char *node,
			const struct vbc_forward_request *request);
int vbc_forward_add_ssh(struct vbc_op *op, vbc_ref machine, const char *node, unsigned slot);

#endif
