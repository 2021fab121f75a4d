/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_FOUND_H
#define VBC_MACHINE_FOUND_H

#include "vbox/op.h"

/* A node that was found; strings in the operation's arena. */
struct vbc_found {
	vbc_ref machine;
	const char *id, *name;
};

#endif
