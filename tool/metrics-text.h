/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metrics in Prometheus' text format.
 */
#ifndef TOOL_METRICS_TEXT_H
#define TOOL_METRICS_TEXT_H

#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

/* Of a host; of one that did not answer, `metrics` and `nodes` are NULL. */
struct metrics_of {
	const char *host;
	struct vbc_metrics *metrics;
	struct vbc_nodes *nodes;
};

/* Of all of them in one text. */
void metrics_text(FILE *to, const struct metrics_of *v, size_t n);

#endif
