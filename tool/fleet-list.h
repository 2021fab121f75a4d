/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists of several hosts: what they have in one list, and what is said of those that did not
 * answer.
 */
#ifndef TOOL_FLEET_LIST_H
#define TOOL_FLEET_LIST_H

#include "cmd.h"
#include "out-merge.h"

/* Runs a list on all hosts of ctx->fleet at the same time. Returns 0 or a code of enum vbc_code. */
int fleet_list(const struct cmd *cmd, struct ctx *ctx, const struct args *args);

/* The same with what lists the things of one host. */
int fleet_list_run(int (*run)(struct ctx *ctx, const struct args *args), struct ctx *ctx,
		   const struct args *args);

/* Begins ctx->out, for rows like those of a host, with the columns of ctx->list. */
void fleet_list_begin(struct ctx *ctx, const struct out *rows);

/*
 * Tells of the hosts that failed, and makes the exit status of it: a list of the others is none's
 * failure, except with --strict; without any it is one.
 */
int fleet_list_judge(struct ctx *ctx, const struct args *args,
		     const struct vbc_fleet_failures *failures);

/* The same where the fleet is another than ctx->fleet. */
int fleet_failures_judge(struct ctx *ctx, const struct vbc_fleet *fleet, const struct args *args,
			 const struct vbc_fleet_failures *failures);

#endif
