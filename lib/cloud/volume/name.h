/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VOLUME_NAME_H
#define VBC_VOLUME_NAME_H

#include "vbox/op.h"

/* VBC_E_EXISTS when a volume has that name, but for the one of that id ("" none). */
int vbc_volume_check_name(struct vbc_op *op, const char *name, const char *id);

#endif
