/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_NODE_REF_H
#define VBC_MACHINE_NODE_REF_H

#include "vbox/op.h"

/* A node that was found; strings in the operation's arena. */
struct vbc_node_ref {
	vbc_ref machine;
	const char *id, *name;
};

#endif
