/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Results for the caller: a struct and the arena that holds all it points to, freed together.
 */
#ifndef VBC_CLOUD_RESULT_H
#define VBC_CLOUD_RESULT_H

#include "arena.h"

/* A zeroed struct of `size` bytes in an arena of its own; NULL when there is no memory. */
void *vbc_result_new(size_t size);
struct vbc_arena *vbc_result_arena(void *result);
/* NULL is fine. */
void vbc_result_free(void *result);

#endif
