/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MOVE_ROOM_H
#define VBC_MOVE_ROOM_H

#include "vbox/op.h"

/*
 * Before a disk is sent to a host: VBC_E_SPACE where the file system of its machines has less than
 * that free. Where VirtualBox cannot tell, nothing is wrong.
 */
int vbc_move_check_room(struct vbc_op *op, uint64_t bytes, const char *noun, const char *name);

#endif
