/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What became of a teleport, as the machine's logs tell, which both hosts have: VirtualBox itself
 * forgets that it gave a machine away when its service ends.
 */
#ifndef VBC_NODE_TELEPORT_LOG_H
#define VBC_NODE_TELEPORT_LOG_H

#include "vbox/op.h"

enum vbc_teleport_fate {
	VBC_TELEPORT_UNKNOWN,
	VBC_TELEPORT_STAYED,
	VBC_TELEPORT_WENT,
};

/*
 * By the log of the one that waits for the machine, and the log before it, of the one that has it;
 * unknown where the first did not wait.
 */
enum vbc_teleport_fate vbc_teleport_fate(const char *waiting, const char *sending);

/* The same of the machine's last teleport, on either host, whose process has ended there. */
enum vbc_teleport_fate vbc_teleport_find_fate(struct vbc_op *op, vbc_ref machine);

#endif
