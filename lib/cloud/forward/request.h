/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_REQUEST_H
#define VBC_FORWARD_REQUEST_H

#include "machine/nat-rule.h"

struct vbc_forward_add_opts;

/* A forward that somebody asks for, checked. Its strings are the asker's, or its own name. */
struct vbc_forward_request {
	struct vbc_redirect r;
	unsigned slot;
	char name[20];
};

/* Checks what can be judged without a host. `ret` must stay where it is. */
int vbc_forward_read_request(const struct vbc_forward_add_opts *opts,
			     struct vbc_forward_request *ret, struct vbc_error *err);

#endif
