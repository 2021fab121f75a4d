/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGE_LOOK_H
#define VBC_IMAGE_LOOK_H

#include "vbox/op.h"

struct vbc_source;

/*
 * Whether a disk on the host has the format that it is to have, or, being a raw one, content that a
 * disk may have. To read that it needs the source's session where vbc_source_must_look().
 */
int vbc_source_look(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk);
bool vbc_source_must_look(const struct vbc_op *op, const struct vbc_source *source);

#endif
