/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the logs that VirtualBox writes of a machine's runs.
 */
#include "machine/log.h"

#define PIECE ((int64_t)128 << 10)

int vbc_log_read_piece(struct vbc_op *op, vbc_ref machine, unsigned nth, int64_t from, int64_t size,
		       struct vbc_bytes *ret)
{
	int code = vbc_IMachine_readLog(op, machine, nth, from, size, ret);

	if (!code && ret->size > (size_t)size)
		code = vbc_fail(&op->error, VBC_E_PROTOCOL,
				"%s sent more of a log than it was asked for",
				vbc_http_url(op->host->endpoint->http));
	return code;
}

int vbc_node_read_log(struct vbc_op *op, vbc_ref machine, unsigned nth, struct vbc_buf *text)
{
	size_t n = 1;
	int code = VBC_OK;

	while (!code && n) {
		struct vbc_arena kept = vbc_op_borrow(op);
		struct vbc_bytes piece = {.size = 0};

		code = vbc_log_read_piece(op, machine, nth, (int64_t)text->len, PIECE, &piece);
		n = piece.size;
		if (!code && n > text->max - text->len)
			code = vbc_fail(&op->error, VBC_E_FAULT,
					"the log is larger than %zu bytes, the limit", text->max);
		else if (!code)
			vbc_buf_add(text, piece.data, n);
		if (!code && text->failed)
			code = vbc_fail_nomem(&op->error);
		vbc_op_borrow_end(op, &kept);
	}
	return code;
}

int vbc_node_read_whole_log(struct vbc_op *op, vbc_ref machine, unsigned nth, struct vbc_buf *text)
{
	size_t told = vbc_arena_size(&op->arena);

	vbc_buf_reset(text); /* the operation may run twice */
	text->max = told < VBC_LOG_MOST ? VBC_LOG_MOST - told : 0;
	return vbc_node_read_log(op, machine, nth, text);
}
