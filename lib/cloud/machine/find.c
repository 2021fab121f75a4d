/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding one node.
 */
#include "machine/find.h"

#include <vboxcloud/node.h>

#include <string.h>

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "host/keys.h"
#include "journal/run.h"
#include "machine/list.h"
#include "machine/read-again.h"
#include "vbox/meta.h"

static int not_found(struct vbc_op *op, const char *what)
{
	return vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_LIST_NODES,
			     "there is no node '%s'", what);
}

static int find_by_id(struct vbc_op *op, const char *id, vbc_ref *ret_machine)
{
	struct vbc_error saved = vbc_op_try(op);
	int code = vbc_IVirtualBox_findMachine(op, op->vbox, id, ret_machine);

	if (code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	return not_found(op, id);
}

/* All ids of that name, for a person to choose from. */
static int ambiguous(struct vbc_op *op, const char *name, const struct vbc_node *nodes, size_t n)
{
	struct vbc_buf VBC_BUF ids;

	vbc_buf_init(&ids, 700);
	for (size_t i = 0; i < n; i++) {
		if (!streq(nodes[i].name, name))
			continue;
		vbc_buf_puts(&ids, ids.len ? ", " : "");
		vbc_buf_puts(&ids, nodes[i].id);
	}
	return vbc_fail(&op->error, VBC_E_ARG, "more than one node is called '%s'; use an id: %s", name,
			ids.data ? ids.data : "");
}

static int find_by_name(struct vbc_op *op, const struct vbc_strs *keys, const char *name,
			struct vbc_found *ret)
{
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0, hits = 0;
	int code =
		vbc_node_collect(op, keys, (vbc_ref){NULL}, VBC_NODE_FIELD_NAME, &nodes, &refs, &n);

	if (code)
		return code;
	for (size_t i = 0; i < n; i++) {
		if (!streq(nodes[i].name, name))
			continue;
		*ret = (struct vbc_found){.machine = refs[i], .id = nodes[i].id,
					  .name = nodes[i].name};
		hits++;
	}
	if (hits > 1)
		return ambiguous(op, name, nodes, n);
	return hits ? VBC_OK : not_found(op, name);
}

static int find_by(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
		   struct vbc_found *ret)
{
	char *id;

	if (!id_or_name || !id_or_name[0])
		return vbc_fail(&op->error, VBC_E_ARG, "no node was named: give its id or name");
	if (!vbc_is_uuid(id_or_name))
		return find_by_name(op, keys, id_or_name, ret);
	id = vbc_arena_strdup(&op->arena, id_or_name);
	if (!id)
		return vbc_fail_nomem(&op->error);
	for (char *c = id; *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	*ret = (struct vbc_found){.id = id, .name = id};
	return find_by_id(op, id, &ret->machine);
}

static int find(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
		struct vbc_found *ret)
{
	int code = find_by(op, keys, id_or_name, ret);

	if (!code)
		vbc_op_about(
			op, &(struct vbc_subject){"node", ret->id, ret->name, vbc_node_registered,
						  vbc_node_check_readable});
	return code;
}

int vbc_node_find(struct vbc_op *op, const char *id_or_name, struct vbc_found *ret)
{
	struct vbc_strs keys = {0};
	int code = vbc_host_keys(op, &keys);

	return code ? code : find(op, &keys, id_or_name, ret);
}

int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine)
{
	struct vbc_error saved = vbc_op_try(op);
	vbc_ref machine = {NULL};
	int code = vbc_IVirtualBox_findMachine(op, op->vbox, id, &machine);

	if (code && code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	*ret_machine = machine;
	return VBC_OK;
}

int vbc_node_accessible(struct vbc_op *op, const char *id, bool *ret)
{
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	*ret = true;
	return code || vbc_ref_is_null(machine) ? code
						: vbc_IMachine_getAccessible(op, machine, ret);
}

int vbc_node_check_readable(struct vbc_op *op, const char *id)
{
	bool accessible = true;
	int code = vbc_node_accessible(op, id, &accessible);

	if (!code && !accessible)
		code = vbc_machine_read_again(op);
	if (!code && !accessible)
		code = vbc_node_accessible(op, id, &accessible);
	if (code || accessible)
		return code;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_SHOW_NODE,
			     "VirtualBox cannot read the machine of node '%s'", id);
}

int vbc_node_name(struct vbc_op *op, vbc_ref machine, const char *id, const char **ret_name)
{
	const char *key = vbc_meta_key(op, VBC_NODE_KIND, id);
	const struct vbc_strs keys = {.n = 1, .v = &key};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code =
		key ? vbc_node_collect(op, &keys, machine, VBC_NODE_FIELD_NAME, &nodes, &refs, &n)
		    : vbc_fail_nomem(&op->error);

	if (!code)
		*ret_name = n ? nodes[0].name : id;
	return code;
}

struct get_job {
	const char *id_or_name;
	struct vbc_node *node;
};

/* The caller frees the node itself, so the struct leads its arena. */
static struct vbc_node *make_result(struct vbc_op *op, const struct vbc_node *node)
{
	struct vbc_node *result = vbc_result_new(&op->results, sizeof(*result));
	const struct vbc_node *copy = result ? vbc_node_copy(vbc_result_arena(result), node) : NULL;

	if (!copy)
		return NULL;
	*result = *copy;
	return result;
}

int vbc_node_read(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_node **ret)
{
	const char *key = vbc_meta_key(op, VBC_NODE_KIND, id);
	const struct vbc_strs keys = {.n = 1, .v = &key};
	struct vbc_node *nodes = NULL, *result;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = key ? vbc_node_collect(op, &keys, machine, VBC_NODE_FIELD_ALL, &nodes, &refs, &n)
		       : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	if (!n) /* it was there a moment ago */
		return not_found(op, id);
	result = make_result(op, nodes);
	if (!result)
		return vbc_fail_nomem(&op->error);
	*ret = result;
	return VBC_OK;
}

static int get_body(struct vbc_op *op, void *arg)
{
	struct get_job *job = arg;
	struct vbc_strs keys = {0};
	struct vbc_found found = {0};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = find(op, &keys, job->id_or_name, &found);
	if (!code)
		code = vbc_node_collect(op, &keys, found.machine, VBC_NODE_FIELD_ALL, &nodes, &refs,
					&n);
	if (code)
		return code;
	if (!n) /* another client destroyed it meanwhile */
		return not_found(op, job->id_or_name);
	job->node = make_result(op, nodes);
	return job->node ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_node_get(struct vbc_host *host, const char *id_or_name, struct vbc_node **ret_node,
		 struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_node))
		return VBC_E_ARG;

	struct get_job job = {.id_or_name = id_or_name};
	int code = vbc_run_recovered(host, &vbc_op_brief, err, get_body, &job);

	if (!code)
		*ret_node = job.node;
	return code;
}

void vbc_node_free(struct vbc_node *node)
{
	vbc_result_free(node);
}
