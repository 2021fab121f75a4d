/* SPDX-License-Identifier: Apache-2.0 */
#include "result.h"

struct result {
	struct vbc_arena arena;
	_Alignas(max_align_t) unsigned char value[];
};

static struct result *result_of(void *value)
{
	return (struct result *)(void *)((unsigned char *)value - offsetof(struct result, value));
}

void *vbc_result_new(size_t size)
{
	struct result *r = calloc(1, sizeof(*r) + size);

	return r ? r->value : NULL;
}

struct vbc_arena *vbc_result_arena(void *result)
{
	return &result_of(result)->arena;
}

void vbc_result_free(void *result)
{
	if (!result)
		return;
	vbc_arena_done(&result_of(result)->arena);
	free(result_of(result));
}
