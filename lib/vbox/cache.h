/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Answers that cannot change as long as the asked object lives: what its id is, which objects it is
 * made of. A web session remembers them, so that the next list need not ask again.
 *
 * Programs that ask a little and end (one_shot of struct vbc_host_opts) have it remember, too, what
 * the host's other machines and disks are called where they look for a name.
 *
 * All else is asked anew, or known not to have changed: see fence.h.
 */
#ifndef VBC_VBOX_CACHE_H
#define VBC_VBOX_CACHE_H

#include <stdint.h>

#include "vbox-api.h"

struct vbc_cache;

/* A call whose answer is remembered: its only argument is a number. */
struct vbc_cache_call {
	enum vbc_method_id method;
	const char *self;
	int64_t argument;
};

/* NULL: it is not known. Valid until the cache is freed. */
const char *vbc_cache_find(const struct vbc_cache *c, const struct vbc_cache_call *call);

/* Remembers it in *c, which is made when NULL; without memory it is asked for again. */
void vbc_cache_keep(struct vbc_cache **c, const struct vbc_cache_call *call, const char *answer);

/* Remembers nothing: an object that was the answer is no more. NULL is fine. */
void vbc_cache_forget(struct vbc_cache *c);

void vbc_cache_free(struct vbc_cache *c);

#endif
