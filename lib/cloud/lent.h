/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images that a node needs which was teleported to another host: VirtualBox knows nothing of it
 * here, so it is recorded in the host's extra data, under libcloud/lent/IMAGE/NODE. The path of the
 * node's disk is in it: as long as there is that file, which both hosts see, the image is needed.
 */
#ifndef VBC_CLOUD_LENT_H
#define VBC_CLOUD_LENT_H

#include "op.h"

#define VBC_LENT_KIND "lent"

int vbc_lent_put(struct vbc_op *op, const char *image, const char *node, const char *disk);

/* The node has come back, or is no more. keys: of the host's extra data. */
int vbc_lent_drop(struct vbc_op *op, const struct vbc_strs *keys, const char *node);

/*
 * Whether what a record says still holds; id: "IMAGE/NODE". In doubt it does.
 */
int vbc_lent_holds(struct vbc_op *op, const char *id, bool *ret);

/* The node elsewhere that needs this image; "": none. Sweeps first. */
int vbc_lent_find(struct vbc_op *op, const char *image, const char **ret_node);

#endif
