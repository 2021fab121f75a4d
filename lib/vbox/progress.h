/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Waiting for IProgress objects.
 */
#ifndef VBC_VBOX_PROGRESS_H
#define VBC_VBOX_PROGRESS_H

#include "vbox/op.h"

/*
 * Waits until the work is done, telling the caller `what` and its percent mapped to from..to.
 * A cancelled or late one is cancelled on the host, and its end awaited. Releases the object.
 */
int vbc_progress_wait(struct vbc_op *op, vbc_ref progress, const char *what, unsigned from,
		      unsigned to);
/*
 * Ends work that another program began and waits for that: cancelled if it can be. A reference
 * the host does not know any more is no error.
 */
void vbc_progress_abort(struct vbc_op *op, vbc_ref progress);

#endif
