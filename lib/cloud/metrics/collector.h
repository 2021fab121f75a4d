/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VirtualBox's performance collector.
 */
#ifndef VBC_METRICS_COLLECTOR_H
#define VBC_METRICS_COLLECTOR_H

#include "vbox/op.h"

/* The latest value of one of its metrics, in the metric's own unit. */
struct vbc_figure {
	const char *name; /* "CPU/Load/User" */
	vbc_ref object;
	double value;
};

struct vbc_figures {
	size_t n;
	const struct vbc_figure *v;
};

/*
 * The figures of all objects that it collects. Has it collect those of `objects` (the host, or
 * machines that are up) that it does not yet, and waits for them for some seconds at the most.
 */
int vbc_collector_ask(struct vbc_op *op, const struct vbc_refs *objects,
		      struct vbc_figures *ret_figures);

/* The figures of what it collects now. */
int vbc_collector_look(struct vbc_op *op, struct vbc_figures *ret_figures);

/* Of one object; below 0 where there is none. */
double vbc_figure_get(const struct vbc_figures *figures, vbc_ref object, const char *name);

#endif
