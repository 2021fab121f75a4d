/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_VBOX_RUN_H
#define VBC_VBOX_RUN_H

#include "vbox/op.h"

/*
 * Runs `body` as one operation. When the host has forgotten the web session and nothing was
 * changed yet, it logs on again and runs body once more. What body left where `arg` points counts
 * only when this returns VBC_OK: the results of a run that failed are freed. The error goes to
 * `err`.
 */
int vbc_op_run(struct vbc_host *host, const struct vbc_wait *wait, struct vbc_error *err,
	       int (*body)(struct vbc_op *op, void *arg), void *arg);

#endif
