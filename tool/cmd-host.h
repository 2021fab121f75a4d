/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of vboxcloud host share.
 */
#ifndef TOOL_CMD_HOST_H
#define TOOL_CMD_HOST_H

#include "cmd.h"
#include "config.h"

extern const struct opt host_add_opts[], host_list_opts[];

int host_add(struct ctx *ctx, const struct args *args);
int host_list(struct ctx *ctx, const struct args *args);
int host_remove(struct ctx *ctx, const struct args *args, const char *name, struct vbc_error *err);
int host_cordon(struct ctx *ctx, const struct args *args, const char *name, struct vbc_error *err);
int host_uncordon(struct ctx *ctx, const struct args *args, const char *name,
		  struct vbc_error *err);
int host_use(struct ctx *ctx, const struct args *args);

struct config_file;

struct host_status;

/* The columns of a host of the configuration, and the cells of one; `file`: what it says of the
   host beside the target, NULL: nothing; `status`: NULL: it was not asked. */
extern const struct column configured_columns[];
void configured_add_cells(struct out *out, const char *name, const struct target *target,
			  bool is_default, const struct config_file *file,
			  const struct host_status *status);

#endif
