/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_JOURNAL_RUN_H
#define VBC_JOURNAL_RUN_H

#include "vbox/op.h"

/*
 * As vbc_op_run(), but puts right first what programs that are gone left. Nothing else does, except
 * vbc_gc(); what has nothing to do with that work (host show) takes vbc_op_run().
 *
 * All nouns run their operations with it, and it knows them all, as it undoes their work: so it is
 * declared here, below them, and defined at the top, in recovery/run.c, as the table of kinds is.
 */
int vbc_run_recovered(struct vbc_host *host, const struct vbc_wait *wait, struct vbc_error *err,
		      int (*body)(struct vbc_op *op, void *arg), void *arg);

/*
 * The same, with `prepare` before what programs that are gone left is looked for: what that learns
 * of the host need not be asked.
 */
int vbc_run_recovered_after(struct vbc_host *host, const struct vbc_wait *wait,
			    struct vbc_error *err, int (*prepare)(struct vbc_op *op, void *arg),
			    int (*body)(struct vbc_op *op, void *arg), void *arg);

#endif
