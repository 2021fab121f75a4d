/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What single calls (call.c) and batches of them (batch.c) share.
 */
#ifndef VBC_VBOX_CALL_H
#define VBC_VBOX_CALL_H

#include "soap/soap.h"
#include "vbox/op.h"

/* Not an error of the public API: the attempt broke and may be repeated. */
#define VBC_CALL_REPEAT (-1000)

/*
 * Whether m may be called: nothing where the host does not answer; and what only asks not where
 * nobody waits for it any longer, or the host has told too much already, unless to clean up.
 */
int vbc_call_check(struct vbc_op *op, const struct vbc_method *m, struct vbc_error *err);

/* What would change something where nothing is to be changed: VBC_E_DRY_RUN. */
int vbc_call_fail_dry_run(struct vbc_error *err);

/* A connection for the operation's calls. */
int vbc_call_connect(struct vbc_op *op, struct vbc_conn **ret_conn, struct vbc_error *err);

/* Sends the request in the operation's buffer, which calls m. *ret_begun as of vbc_http_send(). */
int vbc_call_send(struct vbc_op *op, struct vbc_conn *conn, const struct vbc_method *m,
		  bool *ret_begun, struct vbc_error *err);

/* Reads the answer to it into the operation's other buffer. */
int vbc_call_receive(struct vbc_op *op, struct vbc_conn *conn, const struct vbc_method *m,
		     struct vbc_error *err);

/* Adds to an error, once, that what the operation has begun is undone by the next one. */
void vbc_call_tell_left(struct vbc_error *err);

int vbc_call_decode(struct vbc_op *op, const struct vbc_method *m, const struct vbc_buf *reply,
		    void *const *out);

/* The line of the log about a call that was sent, with how long it took until now. */
void vbc_call_log(const struct vbc_op *op, const struct vbc_method *m, int64_t began_us, int code);

#endif
