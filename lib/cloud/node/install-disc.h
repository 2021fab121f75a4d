/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disc of an installer: a file of the host, or one from here that is uploaded into the node's
 * folder, in a DVD drive of the node's machine.
 */
#ifndef VBC_NODE_INSTALL_DISC_H
#define VBC_NODE_INSTALL_DISC_H

#include "transfer/stream.h"
#include "vbox/op.h"

struct vbc_meta;

#define VBC_INSTALL_PORT 6 /* of the nodes we make: before that of the seed */

struct vbc_install_disc {
	const char *file;       /* as the caller named it: PATH, or "host:PATH"; NULL: none */
	bool on_host;           /* else it is here, and `here` open                         */
	struct vbc_stream here; /* what is to be uploaded                                   */
	const char *path;       /* on the host                                              */
	bool known;             /* VirtualBox knew the file of the host before              */
	vbc_ref session;        /* of the upload                                            */
	vbc_ref disc;           /* once it is there                                         */
};

/* Opens a file that is here; what can be judged without a host. vbc_install_disc_close() is needed
 * then, also after a failure. */
int vbc_install_disc_take(const char *file, struct vbc_install_disc *ret, struct vbc_error *err);
void vbc_install_disc_close(struct vbc_install_disc *disc);

/*
 * What can be known before anything is made. folder: of the node. Writes into the journal's entry
 * what vbc_install_disc_undo() needs. VBC_E_NOTFOUND: the host has no such file; VBC_E_ARG: it is
 * no disc; VBC_E_VERSION: the host takes no uploads.
 */
int vbc_install_disc_begin(struct vbc_op *op, struct vbc_install_disc *disc, const char *folder,
			   struct vbc_meta *entry);

/* Uploads it, from..to percent, if it is not on the host, and opens it. */
int vbc_install_disc_create(struct vbc_op *op, struct vbc_install_disc *disc, unsigned from,
			    unsigned to);

/* Removes an upload, before the machine is removed. */
int vbc_install_disc_undo(struct vbc_op *op, const struct vbc_meta *entry);
/* After that: has VirtualBox forget a file of the host that it did not know before. */
int vbc_install_disc_forget(struct vbc_op *op, const struct vbc_meta *entry);

/* Whether a file in a node's folder is named as uploads of discs are. */
bool vbc_install_disc_is(const char *path);

#endif
