/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Results for the caller: a struct and the arena that holds all it points to, freed together.
 */
#ifndef VBC_BASE_RESULT_H
#define VBC_BASE_RESULT_H

#include "base/arena.h"

struct vbc_result;

/* Results that are not the caller's yet, newest first; zeroed: none. */
struct vbc_results {
	struct vbc_result *first;
};

/*
 * A zeroed struct of `size` bytes in an arena of its own, added to `results`, or the caller's at
 * once where that is NULL. NULL when there is no memory.
 */
void *vbc_result_new(struct vbc_results *results, size_t size);
struct vbc_arena *vbc_result_arena(void *result);
/* NULL is fine. */
void vbc_result_free(void *result);

/* They are the caller's from here on. */
void vbc_results_hand_over(struct vbc_results *results);
void vbc_results_free(struct vbc_results *results);

#endif
