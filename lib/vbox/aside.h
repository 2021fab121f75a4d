/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Failures that are not the operation's. Its first error wins; so around calls that may fail
 * without harm, the error so far is put aside, and comes back afterwards.
 */
#ifndef VBC_VBOX_ASIDE_H
#define VBC_VBOX_ASIDE_H

#include "base/cleanup.h"
#include "vbox/op.h"

struct vbc_aside {
	struct vbc_op *op; /* NULL: it came back, or a later one took its place */
	struct vbc_error error;
};

/*
 * struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op): what fails in the rest of the scope is
 * forgotten at its end, where the error of before comes back.
 */
#define VBC_ASIDE VBC_CLEANUP(vbc_aside_restore) __attribute__((unused))
struct vbc_aside vbc_aside_begin(struct vbc_op *op);

/* The error of before comes back here. Harmless a second time. */
void vbc_aside_restore(struct vbc_aside *aside);

/* Returns `code`: when that is a failure, it is the operation's after all, and its error stays. */
int vbc_aside_end(struct vbc_aside *aside, int code);

/* The same, but a failure with one of these codes is none: VBC_OK. */
#define VBC_CODE(code) (1u << -(code))
int vbc_aside_forgive(struct vbc_aside *aside, int code, unsigned codes);

/* With these codes a host says no, in answer to a call that could be made. */
#define VBC_REFUSALS                                                                               \
	(VBC_CODE(VBC_E_FAULT) | VBC_CODE(VBC_E_AUTH) | VBC_CODE(VBC_E_STATE) |                    \
	 VBC_CODE(VBC_E_ARG) | VBC_CODE(VBC_E_NOTFOUND) | VBC_CODE(VBC_E_VERSION) |                \
	 VBC_CODE(VBC_E_BUSY) | VBC_CODE(VBC_E_EXISTS) | VBC_CODE(VBC_E_SPACE))

/* The same: that something is not there is no error. */
int vbc_aside_absent(struct vbc_aside *aside, int code);

/* What failed is done all the same: there is no error. VBC_OK. */
int vbc_op_forgive(struct vbc_op *op);

#endif
