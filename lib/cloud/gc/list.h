/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_GC_LIST_H
#define VBC_GC_LIST_H

#include <vboxcloud/gc.h>

#include "vbox/op.h"

struct vbc_gc {
	bool dry_run, force;
	struct vbc_leftovers *list;
	const struct vbc_leftover **v;
	size_t room;
};

/* Adds a leftover to the list. */
int vbc_gc_add_leftover(struct vbc_op *op, struct vbc_gc *gc, const char *kind, const char *id,
			const char *text);

#endif
