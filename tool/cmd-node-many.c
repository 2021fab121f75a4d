/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several nodes made by one command. A host does several things at once, as far as it has cores and
 * its disk keeps up; more threads than these would only wait for each other there.
 */
#include "cmd-node-many.h"

#include <pthread.h>
#include <stdlib.h>

#include "cmd-node.h"
#include "out-merge.h"
#include "report.h"
#include "util.h"

enum { THREADS = 4 };

struct made {
	char *name;
	struct made_node made;
	struct vbc_error err;
	bool begun;
};

struct making {
	struct made *v;
	size_t n;
	node_maker *make;
	const void *arg;
	pthread_mutex_t mutex; /* of what follows */
	size_t next;
	bool over; /* no further ones are begun */
};

const struct vbc_node *made_node_get(const struct made_node *made)
{
	return made->node ? made->node : made->placed ? made->placed->node : NULL;
}

void made_node_free(struct made_node *made)
{
	vbc_node_free(made->node);
	vbc_fleet_node_free(made->placed);
	*made = (struct made_node){.node = NULL};
}

const char *made_node_host(const struct ctx *ctx, const struct made_node *made)
{
	return made->placed ? made->placed->host : ctx->url;
}

static struct made *making_take_next(struct making *m)
{
	struct made *next = NULL;

	pthread_mutex_lock(&m->mutex);
	if (!m->over && m->next < m->n)
		next = &m->v[m->next++];
	pthread_mutex_unlock(&m->mutex);
	return next;
}

static void making_end(struct making *m)
{
	pthread_mutex_lock(&m->mutex);
	m->over = true;
	pthread_mutex_unlock(&m->mutex);
}

/* What fails one for that fails the others, too. */
static bool making_is_hopeless(int rc)
{
	return exit_status(rc) == EXIT_NO_HOST || rc == VBC_E_CANCELLED || rc == VBC_E_ARG ||
	       rc == VBC_E_NOTFOUND;
}

static void *making_work(void *arg)
{
	struct making *m = arg;

	for (struct made *one; (one = making_take_next(m));) {
		int rc;

		one->begun = true;
		rc = m->make(m->arg, (size_t)(one - m->v), one->name, &one->made, &one->err);
		if (making_is_hopeless(rc))
			making_end(m);
	}
	return NULL;
}

/* With as many threads as there are; this one is one of them. */
static void making_run(struct making *m)
{
	pthread_t threads[THREADS - 1];
	size_t n = 0;

	while (n < COUNT(threads) && n + 1 < m->n &&
	       !pthread_create(&threads[n], NULL, making_work, m))
		n++;
	making_work(m);
	while (n)
		pthread_join(threads[--n], NULL);
}

static void making_report(struct ctx *ctx, const struct making *m)
{
	const struct made *last = NULL;
	size_t left = 0, made = 0;

	for (const struct made *one = m->v; one < m->v + m->n; one++) {
		left += !one->begun;
		made += made_node_get(&one->made) != NULL;
		if (!one->err.code)
			continue;
		if (!last || !streq(last->err.text, one->err.text)) /* it names no node */
			report_error(&one->err);
		last = one;
		if (ctx->status == EXIT_DONE)
			ctx->status = exit_status(one->err.code);
	}
	if (left && made)
		warn("%zu of %zu nodes were not attempted", left, m->n);
}

/* Of several hosts each node's comes first. */
static void rows_take_hosts(struct ctx *ctx, struct out *rows)
{
	ctx->fleet_columns = columns_with_host(node_columns);
	ctx->narrow = narrow_with_host(node_narrow);
	out_list(ctx->out, ctx->fleet_columns);
	out_narrow(ctx->out, ctx->narrow);
	out_take_rows(ctx->out, rows, NULL);
}

/* Of none, there is no list. */
static void making_list_and_free(struct ctx *ctx, const struct making *m)
{
	struct out *rows = ctx->fleet ? out_new(ctx->format) : ctx->out;
	bool any = false;

	for (struct made *one = m->v; one < m->v + m->n; one++) {
		const struct vbc_node *node = made_node_get(&one->made);

		if (node && !any) {
			out_list(rows, node_columns);
			out_narrow(rows, node_narrow);
		}
		if (node)
			node_add_cells(rows, made_node_host(ctx, &one->made), node);
		any = any || node;
		made_node_free(&one->made);
		free(one->name);
	}
	if (!ctx->fleet)
		return;
	if (any)
		rows_take_hosts(ctx, rows);
	out_free(rows);
}

int nodes_make(struct ctx *ctx, const char *name, unsigned n, node_maker *make, const void *arg)
{
	struct making m = {.n = n, .make = make, .arg = arg, .mutex = PTHREAD_MUTEX_INITIALIZER};

	m.v = must(calloc(n, sizeof(*m.v)));
	for (unsigned i = 0; i < n; i++)
		m.v[i].name = format("%s-%u", name, i + 1);
	making_run(&m);
	making_report(ctx, &m);
	making_list_and_free(ctx, &m);
	free(m.v);
	pthread_mutex_destroy(&m.mutex);
	return 0;
}
