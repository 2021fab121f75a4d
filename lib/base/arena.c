/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A list of blocks; what does not fit into the newest gets a block of its own.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_SIZE 4000

struct vbc_arena_block {
	struct vbc_arena_block *next;
	size_t used, size;
	size_t all; /* in the first block: of all blocks */
	_Alignas(max_align_t) unsigned char data[];
};

static struct vbc_arena_block *arena_add_block(size_t size)
{
	struct vbc_arena_block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + size);
	if (b)
		b->size = size;
	return b;
}

size_t vbc_arena_size(const struct vbc_arena *a)
{
	return a->blocks ? a->blocks->all : 0;
}

void *vbc_arena_alloc(struct vbc_arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct vbc_arena_block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX - align)
		return NULL;
	size = (size + align - 1) / align * align;
	if (!b || b->size - b->used < size) {
		b = arena_add_block(size > BLOCK_SIZE ? size : BLOCK_SIZE);
		if (!b)
			return NULL;
		b->all = b->size;
		if (size > BLOCK_SIZE && a->blocks) { /* keep the room left in the newest */
			b->next = a->blocks->next;
			a->blocks->next = b;
			a->blocks->all += b->size;
		} else {
			b->next = a->blocks;
			b->all += vbc_arena_size(a);
			a->blocks = b;
		}
	}
	p = b->data + b->used;
	b->used += size;
	return p;
}

void *vbc_arena_array(struct vbc_arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return vbc_arena_alloc(a, bytes);
}

char *vbc_arena_strndup(struct vbc_arena *a, const char *s, size_t n)
{
	char *copy = n < SIZE_MAX ? vbc_arena_alloc(a, n + 1) : NULL;

	if (copy && n)
		memcpy(copy, s, n);
	return copy;
}

char *vbc_arena_strdup(struct vbc_arena *a, const char *s)
{
	return vbc_arena_strndup(a, s, strlen(s));
}

char *vbc_arena_printf(struct vbc_arena *a, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n >= 0)
		text = vbc_arena_alloc(a, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

void vbc_arena_done(struct vbc_arena *a)
{
	while (a->blocks) {
		struct vbc_arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
}
