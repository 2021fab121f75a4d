/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of port forwards share.
 */
#ifndef VBC_FORWARD_FORWARD_PRIVATE_H
#define VBC_FORWARD_FORWARD_PRIVATE_H

#include <vboxcloud/forward.h>

#include "machine/network-private.h"
#include "machine/node-private.h"

#define VBC_SSH_PORT 22
#define VBC_LOOPBACK "127.0.0.1"

int vbc_redirect_add(struct vbc_op *op, vbc_ref engine, const struct vbc_redirect *r);

/* The NAT engine of one of a machine's adapters, and what it forwards. */
struct vbc_engine {
	vbc_ref machine; /* as a lock's session may change it */
	vbc_ref ref;
	unsigned slot;
	bool running;
	struct vbc_strs redirects;
};

/*
 * Adds a forward of a node (an id), from the port of the host that it names, reserved, or with 0
 * from a free one; saved. Of a running machine, VBC_E_EXISTS when it did not get that port.
 */
int vbc_forward_put(struct vbc_op *op, const char *node, const struct vbc_engine *engine,
		    struct vbc_redirect *r);

/*
 * After a start, with the lock of the start: forwards whose ports of the host other programs have
 * are moved to other ports where we have chosen them. Where the user has, they fail the start of a
 * node that is just made (VBC_E_EXISTS), and else there is a warning. May drop the lock.
 */
int vbc_forward_started(struct vbc_op *op, const struct vbc_found *node, struct vbc_lock *lock,
			bool is_new);

/* In the journal's entry of a forward; of one that is replaced, also what it was and where. */
#define VBC_FORWARD_NODE    "node"
#define VBC_FORWARD_NAME    "name"
#define VBC_FORWARD_WAS     "was"
#define VBC_FORWARD_ADAPTER "adapter"

/* What a machine's log tells of a port of the host; the order matters. */
enum vbc_port_fate { VBC_PORT_UNHEARD, VBC_PORT_ASKED, VBC_PORT_HAD, VBC_PORT_REFUSED };
enum vbc_port_fate vbc_port_fate(const char *log, enum vbc_NATProtocol protocol, unsigned port);
/* Whether it tells of any port that was refused. */
bool vbc_port_refusals(const char *log);

/* A machine's log from some byte on, in the operation's arena, not more than some pages of it. */
int vbc_port_log(struct vbc_op *op, vbc_ref machine, int64_t from, const char **ret_text);
int vbc_port_log_end(struct vbc_op *op, vbc_ref machine, int64_t *ret);
/* After a forward was added to a running machine whose log ended there: whether it was refused. */
int vbc_port_await(struct vbc_op *op, vbc_ref machine, int64_t from, const struct vbc_redirect *r,
		   bool *ret_refused);

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
