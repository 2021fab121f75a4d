/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of remote displays share.
 */
#ifndef VBC_DISPLAY_DISPLAY_PRIVATE_H
#define VBC_DISPLAY_DISPLAY_PRIVATE_H

#include <vboxcloud/display.h>

#include "machine/node-private.h"
#include "vbox/lock.h"

/* Properties of VirtualBox's server. */
#define VBC_DISPLAY_PORT     "TCP/Ports"
#define VBC_DISPLAY_ADDRESS  "TCP/Address"
#define VBC_DISPLAY_PASSWORD "VNCPassword"
#define VBC_DISPLAY_SECURITY "Security/Method"

/* A node whose display is looked at or changed; locked, but to look at one that does not run. */
struct vbc_screen {
	struct vbc_found node;
	struct vbc_lock lock;
	bool running;
	bool awake;              /* running, and not paused */
	vbc_ref machine, server; /* of the lock, where there is one */
};

/*
 * Finds the node, and locks it when it runs, or to `change` it. Afterwards drop the lock, also when
 * this has failed.
 */
int vbc_screen_open(struct vbc_op *op, const char *id_or_name, bool change, struct vbc_screen *ret);
/* The same of a node that was found. */
int vbc_screen_lock(struct vbc_op *op, bool change, struct vbc_screen *s);

/* Its display as it is now; strings in the operation's arena. */
int vbc_display_read(struct vbc_op *op, const struct vbc_screen *s, struct vbc_display *ret);
/* Copies one for the caller. */
int vbc_display_result(struct vbc_op *op, const struct vbc_display *from, struct vbc_display **ret);

/* The port that is set for a display; 0: it is none. */
int vbc_display_read_port(struct vbc_op *op, vbc_ref server, unsigned *ret_port);
/* The port that a machine's display has or will have; 0: it is not enabled. */
int vbc_display_port(struct vbc_op *op, vbc_ref machine, unsigned *ret_port);

/* What a TCP port of the host is, as far as it can be told from here. */
enum vbc_answer { VBC_ANSWER_UNKNOWN, VBC_ANSWER_NONE, VBC_ANSWER_OTHER, VBC_ANSWER_VNC };
/* Tries it when the host is the machine on which this program runs. */
int vbc_display_try(struct vbc_op *op, vbc_ref machine, const char *address, unsigned port,
		    enum vbc_answer *ret);

/* Checks what can be judged without a host, and gives `ret` what an older program leaves out. */
int vbc_display_opts_read(const struct vbc_display_opts *opts, struct vbc_display_opts *ret,
			  struct vbc_error *err);
/* The display of a machine that is not registered yet, of the node `id` that the journal knows. */
int vbc_display_set_new(struct vbc_op *op, vbc_ref machine, const char *id,
			const struct vbc_display_opts *opts);

#endif
