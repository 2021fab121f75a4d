/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One wait for several operations.
 */
#ifndef VBC_BASE_WAIT_H
#define VBC_BASE_WAIT_H

#include <vboxcloud/wait.h>

#include "base/clock.h"

/* When a wait that begins now ends; 0: never. */
static inline int64_t vbc_wait_deadline(const struct vbc_wait *wait)
{
	return wait && wait->timeout_ms ? vbc_now_ms() + wait->timeout_ms : 0;
}

/* What is left of it then, for another operation. */
static inline struct vbc_wait vbc_wait_rest(const struct vbc_wait *wait, int64_t deadline_ms)
{
	struct vbc_wait rest = wait ? *wait : (struct vbc_wait){0};
	int64_t left_ms = deadline_ms - vbc_now_ms();

	if (deadline_ms)
		rest.timeout_ms = left_ms > 0 ? (unsigned)left_ms : 1;
	return rest;
}

#endif
