/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the options and the configuration to a host handle.
 */
#ifndef TOOL_CONNECT_H
#define TOOL_CONNECT_H

#include "cmd.h"
#include "config.h"

/*
 * Sets ctx->url and ctx->host; free both. A host for completion answers soon or never, and asks
 * nobody for a password. Errors: VBC_E_ARG, VBC_E_AUTH, and those of vbc_host_open().
 */
int connect_host(struct ctx *ctx, const struct args *args);
/*
 * The same for several hosts: sets ctx->fleet, and ctx->members, which lives longer. One whose
 * password cannot be had is asked nothing.
 */
int connect_fleet(struct ctx *ctx, const struct args *args, struct targets *targets);
void members_free(struct members *members);
/* Why one of them, by its number, is asked nothing; NULL: it is asked. */
const struct vbc_error *members_why_not(const struct members *members, size_t number);
/* Why one failed. */
const struct vbc_error *members_find_why(const struct members *members,
					 const struct vbc_fleet_failure *failure);
/* Another host than that of the command, as --host names one; the caller closes it. */
int connect_other(const struct args *args, const char *host, struct vbc_host **ret_host,
		  struct vbc_error *err);
/* What a target names, whose url is then in its full form. */
int connect_target(struct target *target, struct vbc_host **ret_host, struct vbc_error *err);
int connect_for_completion(struct ctx *ctx, const struct args *args);

/* Makes its url one that can be used, in its full form. Sends nothing. Errors: VBC_E_ARG. */
int connect_complete_url(struct target *target, struct vbc_error *err);

/* What stands before an @ in its url may be a password, which must not be repeated: VBC_E_ARG. */
int connect_check_secrets(const struct target *target, struct vbc_error *err);

#endif
