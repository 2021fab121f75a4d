/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISPLAY_DISPLAY_H
#define VBC_DISPLAY_DISPLAY_H

#include "machine/node-ref.h"
#include "vbox/lock.h"
#include "vbox/op.h"

struct vbc_display;

/* Properties of VirtualBox's server. */
#define VBC_DISPLAY_ADDRESS  "TCP/Address"
#define VBC_DISPLAY_PASSWORD "VNCPassword"
#define VBC_DISPLAY_SECURITY "Security/Method"

/* A node whose display is looked at or changed; locked, but to look at one that does not run. */
struct vbc_display_target {
	struct vbc_node_ref node;
	struct vbc_lock lock;
	bool running;
	bool awake;              /* running, and not paused */
	vbc_ref machine, server; /* of the lock, where there is one */
};

/*
 * Finds the node, and locks it when it runs, or to `change` it. Afterwards drop the lock, also when
 * this has failed.
 */
int vbc_display_open(struct vbc_op *op, const char *id_or_name, bool change,
		     struct vbc_display_target *ret);
/* The same of a node that was found. */
int vbc_display_lock(struct vbc_op *op, bool change, struct vbc_display_target *s);

/* Its display as it is now; strings in the operation's arena. */
int vbc_display_read(struct vbc_op *op, const struct vbc_display_target *s,
		     struct vbc_display *ret);
/* Copies one for the caller. */
int vbc_display_result(struct vbc_op *op, const struct vbc_display *from, struct vbc_display **ret);

/* What a TCP port of the host is, as far as it can be told from here. */
enum vbc_answer { VBC_ANSWER_UNKNOWN, VBC_ANSWER_NONE, VBC_ANSWER_OTHER, VBC_ANSWER_VNC };
/* Tries it when the host is the machine on which this program runs. */
int vbc_display_try(struct vbc_op *op, vbc_ref machine, const char *address, unsigned port,
		    enum vbc_answer *ret);

#endif
