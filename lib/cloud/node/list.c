/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes as they are shown: listed, and one by one.
 */
#include "node/list.h"

#include <vboxcloud/node.h>

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/path.h"
#include "base/result.h"
#include "disk/attachment.h"
#include "disk/seed-disc.h"
#include "host/keys.h"
#include "inventory/inventory.h"
#include "journal/run.h"
#include "machine/find.h"
#include "machine/list.h"
#include "machine/named.h"
#include "machine/node-copy.h"
#include "machine/record.h"
#include "node/image-name.h"
#include "node/kept.h"
#include "node/size.h"

/* With any of these fields there are sizes. */
#define SIZED (VBC_NODE_FIELD_SIZE | VBC_NODE_FIELD_HARDWARE)

/* Of one node alone: the discs of all would be a call more for each. */
static int nodes_find_discs(struct vbc_op *op, const struct vbc_node_rows *rows)
{
	struct vbc_storage_slot drive;
	int code = VBC_OK;

	for (size_t i = 0; !code && i < rows->n; i++) {
		struct vbc_node *node = &rows->nodes[i];
		const char *folder = vbc_path_parent(&op->arena, node->settings_file);

		if (!folder)
			return vbc_fail_nomem(&op->error);
		if (node->state != VBC_NODE_STATE_ERROR)
			code = vbc_disc_find(op, rows->refs[i], folder, false, &drive, &node->iso);
	}
	return code;
}

int vbc_node_query_sized(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only,
			 unsigned fields, struct vbc_node **ret_nodes, vbc_ref **ret_refs,
			 size_t *ret_n)
{
	struct vbc_refs machines = {.n = 1, .v = &only};
	struct vbc_node_rows rows = {.n = 0};
	vbc_ref *disks = NULL;
	int code = VBC_OK;

	if (vbc_ref_is_null(only))
		code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);
	if (!code)
		code = vbc_node_query_these(op, keys, &machines, fields, &rows);
	if (!code)
		disks = VBC_ARENA_ARRAY(&op->arena, vbc_ref, rows.n);
	if (!code && !disks)
		code = vbc_fail_nomem(&op->error);
	if (!code && fields & SIZED)
		code = vbc_node_sizes(op, rows.nodes, rows.refs, rows.told, rows.n,
				      fields & VBC_NODE_FIELD_HARDWARE, disks);
	if (!code && fields & VBC_NODE_FIRMWARE)
		code = nodes_find_discs(op, &rows);
	if (code)
		return code;
	*ret_nodes = rows.nodes;
	*ret_refs = rows.refs;
	*ret_n = rows.n;
	return VBC_OK;
}

static int nodes_compare_names(const void *x, const void *y)
{
	const struct vbc_node *a = *(const struct vbc_node *const *)x;
	const struct vbc_node *b = *(const struct vbc_node *const *)y;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->id, b->id);
}

static struct vbc_nodes *nodes_copy_list(struct vbc_op *op, const struct vbc_node *nodes, size_t n)
{
	struct vbc_nodes *list = vbc_result_new(&op->results, sizeof(*list));
	struct vbc_arena *a = list ? vbc_result_arena(list) : NULL;
	const struct vbc_node **v = a ? VBC_ARENA_ARRAY(a, const struct vbc_node *, n) : NULL;

	for (size_t i = 0; v && i < n; i++) {
		v[i] = vbc_node_copy(a, &nodes[i]);
		if (!v[i])
			v = NULL;
	}
	if (!v)
		return NULL;
	qsort(v, n, sizeof(const struct vbc_node *), nodes_compare_names);
	list->n = n;
	list->v = v;
	return list;
}

struct list_job {
	unsigned fields, calls;
	bool image_names;
	struct vbc_nodes *list;
};

static int nodes_make_list(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_node *nodes,
			   size_t n, struct list_job *job)
{
	int code = job->image_names ? vbc_node_image_names(op, keys, nodes, n) : VBC_OK;

	if (code)
		return code;
	job->list = nodes_copy_list(op, nodes, n);
	return job->list ? VBC_OK : vbc_fail_nomem(&op->error);
}

/* What was kept of an earlier list is heard of before all else, also before the recovery. */
static int nodes_list_prepare(struct vbc_op *op, void *arg)
{
	struct list_job *job = arg;

	return vbc_inventory_begin(op, &job->calls);
}

/* From what is kept, and from what is read anew of those that were changed. */
static int nodes_list_kept(struct vbc_op *op, struct list_job *job, bool *ret_done)
{
	struct vbc_inventory *inventory = NULL;
	struct vbc_stock *stock = NULL;
	struct vbc_strs keys = {0};
	struct vbc_node *nodes = NULL;
	size_t n = 0;
	int code = vbc_inventory_take(op, job->calls, &inventory, &stock);

	*ret_done = inventory;
	if (!inventory)
		return code;
	code = vbc_host_keys(op, &keys); /* which may be newer than before */
	if (!code)
		code = vbc_nodes_kept(op, &keys, stock, job->fields, &nodes, &n);
	if (!code)
		code = nodes_make_list(op, &keys, nodes, n, job);
	vbc_inventory_give_back(inventory);
	return code;
}

static int nodes_list_anew(struct vbc_op *op, struct list_job *job)
{
	struct vbc_strs keys = {0};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs;
	size_t n = 0;
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_node_query_sized(op, &keys, (vbc_ref){NULL}, job->fields, &nodes, &refs,
					    &n);
	return code ? code : nodes_make_list(op, &keys, nodes, n, job);
}

static int nodes_list_body(struct vbc_op *op, void *arg)
{
	struct list_job *job = arg;
	bool listed = false;
	int code;

	job->list = NULL;
	code = nodes_list_kept(op, job, &listed);
	if (!code && !listed)
		code = nodes_list_anew(op, job);
	if (!code && job->fields & VBC_NODE_FIELD_NAME)
		vbc_named_repair(op, job->list);
	return code;
}

int vbc_node_list(struct vbc_host *host, unsigned fields, struct vbc_nodes **ret_nodes,
		  struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_nodes))
		return VBC_E_ARG;

	const unsigned apart = VBC_NODE_FIRMWARE | VBC_NODE_FIELD_IMAGE_NAME;
	bool image_names = fields & VBC_NODE_FIELD_IMAGE_NAME;
	struct list_job job = {.fields =
				       (fields & ~apart) | (image_names ? VBC_NODE_FIELD_NAME : 0),
			       .image_names = image_names};
	int code = vbc_run_recovered_after(host, &vbc_op_brief, err, nodes_list_prepare,
					   nodes_list_body, &job);

	if (!code)
		*ret_nodes = job.list;
	return code;
}

void vbc_nodes_free(struct vbc_nodes *nodes)
{
	vbc_result_free(nodes);
}

/* The caller frees the node itself, so the struct leads its arena. */
static struct vbc_node *node_make_result(struct vbc_op *op, const struct vbc_node *node)
{
	struct vbc_node *result = vbc_result_new(&op->results, sizeof(*result));
	const struct vbc_node *copy = result ? vbc_node_copy(vbc_result_arena(result), node) : NULL;

	if (!copy)
		return NULL;
	*result = *copy;
	return result;
}

int vbc_node_hand_out(struct vbc_op *op, const struct vbc_node *node, struct vbc_node **ret)
{
	struct vbc_node *result = node_make_result(op, node);

	if (!result)
		return vbc_fail_nomem(&op->error);
	*ret = result;
	return VBC_OK;
}

int vbc_node_read(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_node **ret)
{
	const char *key = vbc_node_record_key(op, id);
	const struct vbc_strs keys = {.n = 1, .v = &key};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = key ? vbc_node_query_sized(op, &keys, machine, VBC_NODE_FIELD_ALL, &nodes, &refs,
					      &n)
		       : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	if (!n) /* it was there a moment ago */
		return vbc_node_fail_unknown(op, id);
	return vbc_node_hand_out(op, nodes, ret);
}

struct get_job {
	const char *id_or_name;
	unsigned fields;
	struct vbc_node *node;
};

static int node_get_body(struct vbc_op *op, void *arg)
{
	struct get_job *job = arg;
	struct vbc_strs keys = {0};
	struct vbc_node_ref found = {0};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_node_find_among(op, &keys, job->id_or_name, &found);
	if (!code)
		code = vbc_node_query_sized(op, &keys, found.machine, job->fields, &nodes, &refs,
					    &n);
	if (code)
		return code;
	if (!n) /* another client destroyed it meanwhile */
		return vbc_node_fail_unknown(op, job->id_or_name);
	return vbc_node_hand_out(op, nodes, &job->node);
}

int vbc_node_get(struct vbc_host *host, const char *id_or_name, struct vbc_node **ret_node,
		 struct vbc_error *err)
{
	return vbc_node_get_fields(host, id_or_name, VBC_NODE_FIELD_ALL, ret_node, err);
}

int vbc_node_get_fields(struct vbc_host *host, const char *id_or_name, unsigned fields,
			struct vbc_node **ret_node, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_node))
		return VBC_E_ARG;

	struct get_job job = {.id_or_name = id_or_name,
			      .fields = fields & ~VBC_NODE_FIELD_IMAGE_NAME};
	int code = vbc_run_recovered(host, &vbc_op_brief, err, node_get_body, &job);

	if (!code)
		*ret_node = job.node;
	return code;
}

void vbc_node_free(struct vbc_node *node)
{
	vbc_result_free(node);
}
