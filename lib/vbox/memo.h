/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Answers that cannot change as long as the asked object lives: what its id is, which objects it is
 * made of. A web session remembers them, so that the next list need not ask again. Safe for
 * threads.
 *
 * All else is asked anew. Events tell of most changes, but in their own time: nothing says that all
 * have come that were caused before a list, but an event of our own behind them, and to cause one is
 * to write the host's settings at each list.
 */
#ifndef VBC_VBOX_MEMO_H
#define VBC_VBOX_MEMO_H

#include "vbox/op.h"

/* The answer to this call, valid as long as the operation has its session; NULL: not known. */
const char *vbc_memo_find(struct vbc_op *op, const struct vbc_batch_call *call);

/* Remembers it; without memory it is asked for again. */
void vbc_memo_keep(struct vbc_op *op, const struct vbc_batch_call *call, const char *answer);

/* Remembers nothing: an object that was the answer is no more. */
void vbc_memo_forget(struct vbc_op *op);

void vbc_memo_free(struct vbc_memo *memo);

#endif
