/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_BASES_H
#define VBC_DISK_BASES_H

#include "vbox/op.h"

/*
 * Fails with VBC_E_BUSY when the disk of another node is linked to one of the machine's, which is
 * that of the node or, with the disks of then, of one of its snapshots. all: or to any that belongs
 * to the node's snapshots.
 */
int vbc_node_check_bases(struct vbc_op *op, vbc_ref machine, const char *node_id, bool all);

#endif
