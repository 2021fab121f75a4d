/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What single calls (call.c) and batches of them (batch.c) share.
 */
#ifndef VBC_VBOX_CALL_H
#define VBC_VBOX_CALL_H

#include "op.h"
#include "soap.h"

/* Not an error of the public API: the attempt broke and may be repeated. */
#define VBC_CALL_REPEAT (-1000)

/* How long a call is waited for, and who is told meanwhile. */
struct vbc_http_wait vbc_call_patience(struct vbc_op *op, bool read);

int vbc_call_decode(struct vbc_op *op, const struct vbc_method *m, const struct vbc_buf *reply,
		    void *const *out);

#endif
