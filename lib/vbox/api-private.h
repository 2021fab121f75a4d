/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Between the public call by name and the tables: values as text.
 */
#ifndef VBC_VBOX_API_PRIVATE_H
#define VBC_VBOX_API_PRIVATE_H

#include <vboxcloud/api.h>

#include "vbox/call.h"

/* A call whose names and values are right; references still as the caller wrote them. */
struct vbc_api_step {
	const struct vbc_method *m;
	enum vbc_method_id id;
	union vbc_in *in;
	const char *self; /* NULL: none was given */
};

/* Checks and converts one call, for a release or (0) for any; what it points to is in the arena. */
int vbc_api_prepare(struct vbc_arena *a, const struct vbc_api_call *call, uint32_t version,
		    struct vbc_api_step *step, struct vbc_error *err);

/* The outputs that the release has as text, in the arena. */
int vbc_api_show(struct vbc_arena *a, const struct vbc_method *m, uint32_t version,
		 void *const *out, struct vbc_api_reply *reply);

#endif
