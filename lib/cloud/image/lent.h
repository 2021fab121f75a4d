/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images that a node needs which was teleported: VirtualBox knows on one host nothing of the other,
 * so it is recorded in their extra data. Under libcloud/lent/IMAGE/NODE on the host whose image it
 * is, and under libcloud/borrowed/IMAGE/NODE on one that came to know it with the node. The path of
 * the node's settings file is in both: as long as there is that file, which both hosts see, the
 * image is needed. What the node's disks are called changes with its snapshots.
 */
#ifndef VBC_IMAGE_LENT_H
#define VBC_IMAGE_LENT_H

#include "vbox/op.h"

#define VBC_LENT_KIND     "lent"
#define VBC_BORROWED_KIND "borrowed"

int vbc_lent_put(struct vbc_op *op, const char *image, const char *node, const char *settings);

/* The node has come back: none of its images is needed elsewhere. keys: of the host's extra data.
 */
int vbc_lent_drop(struct vbc_op *op, const struct vbc_strs *keys, const char *node);

/*
 * Whether what a record says still holds; kind: one of the above, id: "IMAGE/NODE". In doubt it
 * does.
 */
int vbc_lent_holds(struct vbc_op *op, const char *kind, const char *id, bool *ret);

/* The node elsewhere that needs this image; "": none. */
int vbc_lent_find(struct vbc_op *op, const char *image, const char **ret_node);

/* The node in one of the records of this image among `ids`; NULL: there is none. */
const char *vbc_lent_node(const struct vbc_strs *ids, const char *image);

/* path: of the image. */
int vbc_borrowed_put(struct vbc_op *op, const char *image, const char *node, const char *settings,
		     const char *path);

/* A node that came here with an image of another host; "": it is none. */
int vbc_borrowed_find(struct vbc_op *op, const char *image, const char **ret_node);

/* The path of the image in a record. */
int vbc_borrowed_path(struct vbc_op *op, const char *id, const char **ret_path);

/*
 * The node has gone from here. With the last that borrowed it the image goes from VirtualBox's
 * knowledge, and what else is linked to it, which VirtualBox took over with the node; no file is
 * touched. As long as a machine here has any of it, all stays, the record too.
 */
int vbc_borrowed_end(struct vbc_op *op, const char *image, const char *node, const char *path);

/* That of each image that a node which has gone had borrowed. */
int vbc_borrowed_drop(struct vbc_op *op, const char *node);

/*
 * Fails when this image is another host's: a second node that is linked to it would lose it there,
 * where nothing is known of that node. No call after the operation's recovery.
 */
int vbc_borrowed_refuse(struct vbc_op *op, const char *image, const char *name);

/* Closes an image, and before it all that is linked to it; nothing if a machine has any of it. */
int vbc_borrowed_close(struct vbc_op *op, const char *path, bool *ret_closed);

#endif
