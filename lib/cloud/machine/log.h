/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LOG_H
#define VBC_MACHINE_LOG_H

#include "vbox/op.h"

/* At most so many bytes from there on; none: it has no more. */
int vbc_log_read_piece(struct vbc_op *op, vbc_ref machine, unsigned nth, int64_t from, int64_t size,
		       struct vbc_bytes *ret);

/* The log of the machine's last run, and the nth before it. */
int vbc_node_read_log(struct vbc_op *op, vbc_ref machine, unsigned nth, struct vbc_buf *text);

/* The same in place of what the text held; with all else that the host told meanwhile it has... */
#define VBC_LOG_MOST ((size_t)32 << 20) /* ...at most so many bytes */
int vbc_node_read_whole_log(struct vbc_op *op, vbc_ref machine, unsigned nth, struct vbc_buf *text);

#endif
