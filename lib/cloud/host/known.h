/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an operation has asked its host and need not ask again.
 */
#ifndef VBC_HOST_KNOWN_H
#define VBC_HOST_KNOWN_H

#include "vbox/op.h"

struct vbc_known {
	const struct vbc_strs *keys; /* of the host's extra data, see host/keys.h */
	const struct vbc_folders *folders;
	const struct vbc_refs *machines; /* all of the host, see host/machines.h */
	bool reserved;                   /* ports, so that the keys are others by now */
	/* See machine/read-again.c. */
	bool read_again, opened_lost;
	struct vbc_refs unread; /* after that */
};

/* What it knows so far. */
struct vbc_known vbc_known(const struct vbc_op *op);
/* From now on it knows this. */
int vbc_known_set(struct vbc_op *op, const struct vbc_known *known);

#endif
