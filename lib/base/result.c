/* SPDX-License-Identifier: Apache-2.0 */
#include "base/result.h"

struct vbc_result {
	struct vbc_arena arena;
	struct vbc_result *next, **at; /* `at` points to it; NULL: it is the caller's */
	_Alignas(max_align_t) unsigned char value[];
};

static struct vbc_result *result_of_memory(void *value)
{
	return (struct vbc_result *)(void *)((unsigned char *)value -
					     offsetof(struct vbc_result, value));
}

static void result_link(struct vbc_result *r, struct vbc_results *results)
{
	r->next = results->first;
	r->at = &results->first;
	if (r->next)
		r->next->at = &r->next;
	results->first = r;
}

void *vbc_result_new(struct vbc_results *results, size_t size)
{
	struct vbc_result *r = calloc(1, sizeof(*r) + size);

	if (r && results)
		result_link(r, results);
	return r ? r->value : NULL;
}

struct vbc_arena *vbc_result_arena(void *result)
{
	return &result_of_memory(result)->arena;
}

static void result_unlink(struct vbc_result *r)
{
	if (!r->at)
		return;
	*r->at = r->next;
	if (r->next)
		r->next->at = r->at;
	r->at = NULL;
}

void vbc_result_free(void *result)
{
	if (!result)
		return;
	result_unlink(result_of_memory(result));
	vbc_arena_done(&result_of_memory(result)->arena);
	free(result_of_memory(result));
}

void vbc_results_hand_over(struct vbc_results *results)
{
	while (results->first)
		result_unlink(results->first);
}

void vbc_results_free(struct vbc_results *results)
{
	while (results->first)
		vbc_result_free(results->first->value);
}
