/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the hosts of the configuration say of themselves, when they are asked for a list of them.
 */
#ifndef TOOL_HOST_STATUS_H
#define TOOL_HOST_STATUS_H

#include "cmd.h"

struct host_status {
	bool answers, cordoned;
	int64_t cordoned_at_ms;
};

/*
 * Asks all of them at the same time; *ret, one for each in the order of the file, is the caller's,
 * free(). Those that fail are warned of, and with --strict the exit status says so.
 */
int host_status_ask(struct ctx *ctx, const struct args *args, struct host_status **ret);

/* The cell: "ready", "cordoned" or "away". */
void host_status_add_cell(struct out *out, const struct host_status *status);

#endif
