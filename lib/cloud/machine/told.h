/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Much of a machine in two calls: VirtualBox describes it for an export that is never made. It
 * takes no lock and writes nothing, and can do so whether the machine runs or not. What it does not
 * tell, or tells in a way that may have been changed for the export, is asked for as usual.
 *
 * A description is an object that the web session keeps until it ends, so each makes that end
 * sooner: see VBC_TOLD_WEIGHT.
 */
#ifndef VBC_MACHINE_TOLD_H
#define VBC_MACHINE_TOLD_H

#include "vbox/op.h"

/* As how many calls a description counts among those after which a web session is replaced. */
#define VBC_TOLD_WEIGHT 8

/* What was told of a machine; zeroed: nothing. Strings in the operation's arena. */
struct vbc_told {
	bool known; /* something was told                               */
	const char *name, *os_type, *description; /* NULL: ask for it   */
	uint32_t cpus, memory_mib;                /* 0: ask for it      */
	bool has_disk;                            /* a hard disk        */
	size_t n_adapters;   /* that are switched on, in the order of their slots           */
	const int *adapters; /* enum vbc_NetworkAttachmentType of each; negative: ask for it */
	bool in_first_slots; /* these adapters: so they are not searched for                */
};

/* A description as VirtualBox gives it: rows of several lists. */
struct vbc_told_rows {
	struct vbc_enums types;
	struct vbc_strs refs, ovf, vbox, extra;
};

/* What rows tell; only `known` is left false where they do not belong together. */
int vbc_told_parse(struct vbc_op *op, const struct vbc_told_rows *rows, struct vbc_told *ret);

/* Of all these machines, into ret[0..n). A machine of which nothing is told fails no other. */
int vbc_told_get(struct vbc_op *op, const vbc_ref *machines, size_t n, struct vbc_told *ret);

#endif
