/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISPLAY_CHANGE_H
#define VBC_DISPLAY_CHANGE_H

#include "vbox/op.h"

struct vbc_display_opts;
struct vbc_meta;

/* Checks what can be judged without a host, and gives `ret` what an older program leaves out. */
int vbc_display_opts_read(const struct vbc_display_opts *opts, struct vbc_display_opts *ret,
			  struct vbc_error *err);
/* The display of a machine that is not registered yet, of the node `id` that the journal knows. */
int vbc_display_set_new(struct vbc_op *op, vbc_ref machine, const char *id,
			const struct vbc_display_opts *opts);

/* Undoes it, see struct vbc_journal_kind. */
int vbc_display_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

#endif
