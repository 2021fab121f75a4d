/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A hash table of calls and their answers. It only grows; it ends with its session, which is
 * replaced after some thousand calls.
 */
#include "vbox/memo.h"

#include <stdlib.h>

#include "base/str.h"

#define CAP_MIN 256 /* a power of two, as all that follow */

struct answer {
	enum vbc_method_id method;
	int64_t argument;
	const char *self; /* NULL: free */
	const char *text;
};

struct vbc_memo {
	struct vbc_arena arena; /* of all strings, also of those that were forgotten */
	struct answer *v;
	size_t n, cap;
};

/* FNV-1a */
static size_t hash(enum vbc_method_id method, int64_t argument, const char *self)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)method ^ (uint64_t)argument << 32;

	for (; *self; self++)
		h = (h ^ (unsigned char)*self) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* Its place, or the free one where it belongs. */
static struct answer *place(const struct vbc_memo *m, enum vbc_method_id method, int64_t argument,
			    const char *self)
{
	size_t i = hash(method, argument, self) & (m->cap - 1);

	while (m->v[i].self && !(m->v[i].method == method && m->v[i].argument == argument &&
				 streq(m->v[i].self, self)))
		i = (i + 1) & (m->cap - 1);
	return &m->v[i];
}

static bool grow(struct vbc_memo *m)
{
	struct vbc_memo bigger = {.cap = m->cap ? m->cap * 2 : CAP_MIN};

	bigger.v = calloc(bigger.cap, sizeof(*bigger.v));
	if (!bigger.v)
		return false;
	for (size_t i = 0; i < m->cap; i++) {
		const struct answer *a = &m->v[i];

		if (a->self)
			*place(&bigger, a->method, a->argument, a->self) = *a;
	}
	free(m->v);
	m->v = bigger.v;
	m->cap = bigger.cap;
	return true;
}

static void keep(struct vbc_memo *m, const struct vbc_batch_call *call, const char *answer)
{
	struct answer *at;
	const char *self, *text;

	if (m->n >= m->cap / 2 && !grow(m))
		return;
	at = place(m, call->method, call->in[0].i, call->self.s);
	if (at->self)
		return;
	self = vbc_arena_strdup(&m->arena, call->self.s);
	text = vbc_arena_strdup(&m->arena, answer);
	if (!self || !text)
		return;
	*at = (struct answer){call->method, call->in[0].i, self, text};
	m->n++;
}

const char *vbc_memo_find(struct vbc_op *op, const struct vbc_batch_call *call)
{
	pthread_mutex_t *mutex = &op->host->core->mutex;
	const struct vbc_memo *m;
	const char *text = NULL;

	pthread_mutex_lock(mutex);
	m = op->session->memo;
	if (m && m->cap)
		text = place(m, call->method, call->in[0].i, call->self.s)->text;
	pthread_mutex_unlock(mutex);
	return text;
}

void vbc_memo_keep(struct vbc_op *op, const struct vbc_batch_call *call, const char *answer)
{
	pthread_mutex_t *mutex = &op->host->core->mutex;
	struct vbc_websession *ws = op->session;

	pthread_mutex_lock(mutex);
	if (!ws->memo)
		ws->memo = calloc(1, sizeof(*ws->memo));
	if (ws->memo)
		keep(ws->memo, call, answer);
	pthread_mutex_unlock(mutex);
}

void vbc_memo_forget(struct vbc_op *op)
{
	pthread_mutex_t *mutex = &op->host->core->mutex;
	struct vbc_memo *m;

	pthread_mutex_lock(mutex);
	m = op->session->memo;
	if (m && m->cap) {
		memset(m->v, 0, m->cap * sizeof(*m->v));
		m->n = 0;
	}
	pthread_mutex_unlock(mutex);
}

void vbc_memo_free(struct vbc_memo *memo)
{
	if (!memo)
		return;
	vbc_arena_done(&memo->arena);
	free(memo->v);
	free(memo);
}
