/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metrics in Prometheus' text format.
 */
#ifndef TOOL_METRICS_TEXT_H
#define TOOL_METRICS_TEXT_H

#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

/* Of a host that answered, and of all its nodes. */
void metrics_text(FILE *to, const char *host, const struct vbc_metrics *metrics,
		  const struct vbc_nodes *nodes);

/* Of one that did not. */
void metrics_text_down(FILE *to, const char *host);

#endif
