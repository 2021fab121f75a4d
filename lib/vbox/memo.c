/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A hash table of calls and their answers. It only grows; it ends with its session, which is
 * replaced after some thousand calls.
 */
#include "vbox/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define CAP_MIN 256 /* a power of two, as all that follow */

struct answer {
	struct vbc_memo_call call; /* self NULL: free */
	const char *text;
};

struct vbc_memo {
	struct vbc_arena arena; /* of all strings, also of those that were forgotten */
	struct answer *v;
	size_t n, cap;
};

/* FNV-1a */
static size_t hash(const struct vbc_memo_call *call)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)call->method ^
		     (uint64_t)call->argument << 32;

	for (const char *self = call->self; *self; self++)
		h = (h ^ (unsigned char)*self) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

static bool is_same(const struct vbc_memo_call *a, const struct vbc_memo_call *b)
{
	return a->method == b->method && a->argument == b->argument && streq(a->self, b->self);
}

/* Its place, or the free one where it belongs. */
static struct answer *place(const struct vbc_memo *m, const struct vbc_memo_call *call)
{
	size_t i = hash(call) & (m->cap - 1);

	while (m->v[i].call.self && !is_same(&m->v[i].call, call))
		i = (i + 1) & (m->cap - 1);
	return &m->v[i];
}

static bool grow(struct vbc_memo *m)
{
	struct vbc_memo bigger = {.cap = m->cap ? m->cap * 2 : CAP_MIN};

	bigger.v = calloc(bigger.cap, sizeof(*bigger.v));
	if (!bigger.v)
		return false;
	for (size_t i = 0; i < m->cap; i++)
		if (m->v[i].call.self)
			*place(&bigger, &m->v[i].call) = m->v[i];
	free(m->v);
	m->v = bigger.v;
	m->cap = bigger.cap;
	return true;
}

const char *vbc_memo_find(const struct vbc_memo *m, const struct vbc_memo_call *call)
{
	return m && m->cap ? place(m, call)->text : NULL;
}

void vbc_memo_keep(struct vbc_memo **m, const struct vbc_memo_call *call, const char *answer)
{
	struct vbc_memo *memo = *m ? *m : calloc(1, sizeof(*memo));
	const char *self, *text;
	struct answer *at;

	*m = memo;
	if (!memo || (memo->n >= memo->cap / 2 && !grow(memo)))
		return;
	at = place(memo, call);
	if (at->call.self)
		return;
	self = vbc_arena_strdup(&memo->arena, call->self);
	text = vbc_arena_strdup(&memo->arena, answer);
	if (!self || !text)
		return;
	*at = (struct answer){{call->method, self, call->argument}, text};
	memo->n++;
}

void vbc_memo_forget(struct vbc_memo *m)
{
	if (!m || !m->cap)
		return;
	memset(m->v, 0, m->cap * sizeof(*m->v));
	m->n = 0;
}

void vbc_memo_free(struct vbc_memo *m)
{
	if (!m)
		return;
	vbc_arena_done(&m->arena);
	free(m->v);
	free(m);
}
