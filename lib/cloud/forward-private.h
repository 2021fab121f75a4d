/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of port forwards share.
 */
#ifndef VBC_CLOUD_FORWARD_PRIVATE_H
#define VBC_CLOUD_FORWARD_PRIVATE_H

#include <vboxcloud/forward.h>

#include "network-private.h"

/* A forward with its strings in that arena; false when there is no memory. */
bool vbc_forward_fill(struct vbc_arena *a, const char *node, unsigned adapter,
		      const struct vbc_redirect *r, struct vbc_forward *ret);

#endif
