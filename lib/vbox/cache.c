/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A hash table of calls and their answers. It only grows; it ends with its session, which is
 * replaced after some thousand calls.
 */
#include "vbox/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define CAP_MIN 256 /* a power of two, as all that follow */

struct answer {
	struct vbc_cache_call call; /* self NULL: free */
	const char *text;
};

struct vbc_cache {
	struct vbc_arena arena; /* of all strings, also of those that were forgotten */
	struct answer *v;
	size_t n, cap;
};

/* FNV-1a */
static size_t cache_hash_call(const struct vbc_cache_call *call)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)call->method ^
		     (uint64_t)call->argument << 32;

	for (const char *self = call->self; *self; self++)
		h = (h ^ (unsigned char)*self) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

static bool cache_is_same(const struct vbc_cache_call *a, const struct vbc_cache_call *b)
{
	return a->method == b->method && a->argument == b->argument && streq(a->self, b->self);
}

/* Its place, or the free one where it belongs. */
static struct answer *cache_find_slot(const struct vbc_cache *c, const struct vbc_cache_call *call)
{
	size_t i = cache_hash_call(call) & (c->cap - 1);

	while (c->v[i].call.self && !cache_is_same(&c->v[i].call, call))
		i = (i + 1) & (c->cap - 1);
	return &c->v[i];
}

static bool cache_grow_slots(struct vbc_cache *c)
{
	struct vbc_cache bigger = {.cap = c->cap ? c->cap * 2 : CAP_MIN};

	bigger.v = calloc(bigger.cap, sizeof(*bigger.v));
	if (!bigger.v)
		return false;
	for (size_t i = 0; i < c->cap; i++)
		if (c->v[i].call.self)
			*cache_find_slot(&bigger, &c->v[i].call) = c->v[i];
	free(c->v);
	c->v = bigger.v;
	c->cap = bigger.cap;
	return true;
}

const char *vbc_cache_find(const struct vbc_cache *c, const struct vbc_cache_call *call)
{
	return c && c->cap ? cache_find_slot(c, call)->text : NULL;
}

void vbc_cache_keep(struct vbc_cache **c, const struct vbc_cache_call *call, const char *answer)
{
	struct vbc_cache *cache = *c ? *c : calloc(1, sizeof(*cache));
	const char *self, *text;
	struct answer *at;

	*c = cache;
	if (!cache || (cache->n >= cache->cap / 2 && !cache_grow_slots(cache)))
		return;
	at = cache_find_slot(cache, call);
	if (at->call.self)
		return;
	self = vbc_arena_strdup(&cache->arena, call->self);
	text = vbc_arena_strdup(&cache->arena, answer);
	if (!self || !text)
		return;
	*at = (struct answer){{call->method, self, call->argument}, text};
	cache->n++;
}

void vbc_cache_forget(struct vbc_cache *c)
{
	if (!c || !c->cap)
		return;
	memset(c->v, 0, c->cap * sizeof(*c->v));
	c->n = 0;
}

void vbc_cache_free(struct vbc_cache *c)
{
	if (!c)
		return;
	vbc_arena_done(&c->arena);
	free(c->v);
	free(c);
}
