/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a machine that is up has received, sent, read and written since it was started.
 */
#ifndef VBC_METRICS_COUNTERS_H
#define VBC_METRICS_COUNTERS_H

#include <vboxcloud/metrics.h>

#include "vbox/op.h"

/* Nothing is known of a machine that cannot be asked now. */
int vbc_counters_ask(struct vbc_op *op, vbc_ref machine, const char *id,
		     struct vbc_metrics_node *node);

/* Adds up the counters in what VirtualBox's statistics say, in XML; false: that is none. */
bool vbc_counters_read(struct vbc_arena *a, const char *xml, struct vbc_metrics_node *node);

#endif
