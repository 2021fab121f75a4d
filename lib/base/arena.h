/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * An arena: everything of one result lives in it and is freed at once. Not thread-safe.
 */
#ifndef VBC_BASE_ARENA_H
#define VBC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/cleanup.h"

struct vbc_arena_block;

struct vbc_arena {
	struct vbc_arena_block *blocks; /* newest first */
};

/* Zeroed memory, aligned for any type; NULL when there is none. */
void *vbc_arena_alloc(struct vbc_arena *a, size_t size);
/* The same for n members of `size` bytes; NULL also when the product overflows. */
void *vbc_arena_array(struct vbc_arena *a, size_t n, size_t size);
char *vbc_arena_strdup(struct vbc_arena *a, const char *s);
char *vbc_arena_strndup(struct vbc_arena *a, const char *s, size_t n);
char *vbc_arena_printf(struct vbc_arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* How much memory it has taken. */
size_t vbc_arena_size(const struct vbc_arena *a);
/* Frees everything; the arena can be used again. */
void vbc_arena_done(struct vbc_arena *a);

#define VBC_ARENA_NEW(a, type)      ((type *)vbc_arena_alloc((a), sizeof(type)))
#define VBC_ARENA_ARRAY(a, type, n) ((type *)vbc_arena_array((a), (n), sizeof(type)))
#define VBC_ARENA                   VBC_CLEANUP(vbc_arena_done)

#endif
