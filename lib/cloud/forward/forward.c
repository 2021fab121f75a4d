/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Port forwards, listed.
 */
#include <vboxcloud/forward.h>
#include <vboxcloud/node.h>

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/result.h"
#include "journal/run.h"
#include "machine/adapter.h"
#include "machine/find.h"
#include "machine/list.h"
#include "machine/nat-rule.h"
#include "machine/network.h"

static int forward_compare_name(const void *x, const void *y)
{
	const struct vbc_forward *a = *(const struct vbc_forward *const *)x;
	const struct vbc_forward *b = *(const struct vbc_forward *const *)y;
	int order = strcmp(a->node, b->node);

	if (!order)
		order = (int)a->adapter - (int)b->adapter;
	return order ? order : strcmp(a->name, b->name);
}

static size_t forward_count_all(const struct vbc_adapters *adapters)
{
	size_t n = 0;

	for (size_t i = 0; i < adapters->n; i++)
		n += adapters->v[i].redirects.n;
	return n;
}

/* nodes: those whose adapters these are, by their places. */
static int forward_make_list(struct vbc_op *op, const struct vbc_node *nodes,
			     const struct vbc_adapters *adapters, struct vbc_forwards *list)
{
	struct vbc_arena *a = vbc_result_arena(list);
	const struct vbc_forward **v =
		VBC_ARENA_ARRAY(a, const struct vbc_forward *, forward_count_all(adapters));
	struct vbc_redirect r;

	for (size_t i = 0; v && i < adapters->n; i++) {
		const struct vbc_adapter *from = &adapters->v[i];

		for (size_t j = 0; j < from->redirects.n; j++) {
			struct vbc_forward *f = VBC_ARENA_NEW(a, struct vbc_forward);

			if (!vbc_redirect_parse(op, from->redirects.v[j], &r))
				continue;
			if (!f || !vbc_forward_fill(a, nodes[from->machine].id, from->slot, &r, f))
				return vbc_fail_nomem(&op->error);
			v[list->n++] = f;
		}
	}
	if (!v)
		return vbc_fail_nomem(&op->error);
	qsort(v, list->n, sizeof(const struct vbc_forward *), forward_compare_name);
	list->v = v;
	return VBC_OK;
}

struct list_job {
	const char *node;
	struct vbc_forwards *list;
};

static int forward_list_body(struct vbc_op *op, void *arg)
{
	struct list_job *job = arg;
	struct vbc_node_ref found = {0};
	struct vbc_node *nodes = NULL;
	struct vbc_adapters adapters = {0};
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = job->node ? vbc_node_find(op, job->node, &found) : VBC_OK;

	if (!code)
		code = vbc_node_query(op, NULL, found.machine, 0, &nodes, &refs, &n);
	if (!code)
		code = vbc_adapters_get(op, refs, vbc_node_keep_readable(nodes, refs, n),
					VBC_ADAPTER_FORWARDS, &adapters);
	if (code)
		return code;
	job->list = vbc_result_new(&op->results, sizeof(*job->list));
	return job->list ? forward_make_list(op, nodes, &adapters, job->list)
			 : vbc_fail_nomem(&op->error);
}

int vbc_forward_list(struct vbc_host *host, const char *node, struct vbc_forwards **ret_forwards,
		     struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_forwards))
		return VBC_E_ARG;

	struct list_job job = {.node = node};
	int code = vbc_run_recovered(host, &vbc_op_brief, err, forward_list_body, &job);

	if (!code)
		*ret_forwards = job.list;
	return code;
}

void vbc_forwards_free(struct vbc_forwards *forwards)
{
	vbc_result_free(forwards);
}

void vbc_forward_free(struct vbc_forward *forward)
{
	vbc_result_free(forward);
}
