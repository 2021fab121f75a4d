/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What VirtualBox has of all machines, or of one. There is no call that returns several attributes
 * or several machines (but for states), so the attributes of all machines are asked for at once
 * over a few connections.
 */
#include "machine/list.h"

#include <vboxcloud/size.h>

#include <string.h>

#include "base/name.h"
#include "base/str.h"
#include "host/keys.h"
#include "host/machines.h"
#include "machine/claim.h"
#include "machine/keys.h"
#include "machine/network.h"
#include "machine/own.h"
#include "machine/platform.h"
#include "machine/read-again.h"
#include "machine/record.h"
#include "machine/state.h"
#include "machine/told.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

/* The raw answers for one machine. */
struct row {
	vbc_ref machine;
	enum vbc_MachineState state;
	bool ours;     /* there may be metadata                       */
	bool recorded; /* there was, when the host's keys were listed */
	bool claimed;  /* the id is what the settings file is called after */
	const char *id, *name, *json, *os_type, *description, *settings_file;
	uint32_t cpus, memory_mib;
	struct vbc_told told;
	vbc_ref access_error;
	const char *error;
};

struct asking {
	struct vbc_op *op;
	struct row *rows;
	size_t n;
	struct vbc_batch_call *calls;
	size_t n_calls;
};

static void node_add_call(struct asking *a, enum vbc_method_id method, vbc_ref self,
			  const char *argument, void *out)
{
	a->calls[a->n_calls++] = (struct vbc_batch_call){
		.method = method, .self = self, .in = {{.s = argument}}, .out = out};
}

static int node_run_calls(struct asking *a)
{
	size_t n = a->n_calls;

	a->n_calls = 0;
	return vbc_batch(a->op, a->calls, n);
}

static bool row_is_accessible(const struct row *r)
{
	return r->state != VBC_MachineState_Null;
}

/* With both, ids may be known from where the settings lie, and be checked with the name. */
static bool fields_allow_claims(unsigned fields)
{
	return (fields & VBC_NODE_FIELD_NAME) && (fields & VBC_NODE_FIELD_FILES);
}

static void row_ask_id(struct asking *a, struct row *r)
{
	node_add_call(a, VBC_M_IMachine_getId, r->machine, NULL, &r->id);
	a->calls[a->n_calls - 1].fixed = true;
}

static int node_ask_names(struct asking *a, unsigned fields)
{
	for (size_t i = 0; i < a->n; i++) {
		struct row *r = &a->rows[i];

		if (!fields_allow_claims(fields) || !row_is_accessible(r))
			row_ask_id(a, r);
		if ((fields & VBC_NODE_FIELD_NAME) && row_is_accessible(r) && !r->told.name)
			node_add_call(a, VBC_M_IMachine_getName, r->machine, NULL, &r->name);
		if (fields & VBC_NODE_FIELD_FILES)
			node_add_call(a, VBC_M_IMachine_getSettingsFilePath, r->machine, NULL,
				      &r->settings_file);
	}
	return node_run_calls(a);
}

/* Of those whose file does not tell it, the id is asked. */
static int node_claim_ids(struct asking *a, const struct vbc_strs *ids)
{
	const char **files = VBC_ARENA_ARRAY(&a->op->arena, const char *, a->n);
	const char **claims = VBC_ARENA_ARRAY(&a->op->arena, const char *, a->n);
	int code;

	if (!files || !claims)
		return vbc_fail_nomem(&a->op->error);
	for (size_t i = 0; i < a->n; i++)
		files[i] = row_is_accessible(&a->rows[i]) ? a->rows[i].settings_file : "";
	code = vbc_ids_claim(a->op, ids, files, a->n, claims);
	for (size_t i = 0; !code && i < a->n; i++) {
		struct row *r = &a->rows[i];

		r->claimed = claims[i][0];
		if (r->claimed)
			r->id = claims[i];
		else if (row_is_accessible(r))
			row_ask_id(a, r);
	}
	return code ? code : node_run_calls(a);
}

/* First who they are: the rest depends on it. */
static int node_identify(struct asking *a, const struct vbc_strs *ids, unsigned fields)
{
	int code = node_ask_names(a, fields);

	return code || !fields_allow_claims(fields) ? code : node_claim_ids(a, ids);
}

/* With any of these it is asked what makes a size. */
#define SIZED (VBC_NODE_FIELD_SIZE | VBC_NODE_FIELD_HARDWARE)

/* What of the hardware was not told. */
static void row_ask_untold(struct asking *a, struct row *r, unsigned fields)
{
	const struct vbc_told *told = &r->told;

	if ((fields & SIZED) && !told->cpus)
		node_add_call(a, VBC_M_IMachine_getCPUCount, r->machine, NULL, &r->cpus);
	if ((fields & SIZED) && !told->memory_mib)
		node_add_call(a, VBC_M_IMachine_getMemorySize, r->machine, NULL, &r->memory_mib);
	if ((fields & VBC_NODE_FIELD_HARDWARE) && !told->os_type)
		node_add_call(a, VBC_M_IMachine_getOSTypeId, r->machine, NULL, &r->os_type);
	if ((fields & VBC_NODE_FIELD_HARDWARE) && !told->description)
		node_add_call(a, VBC_M_IMachine_getDescription, r->machine, NULL, &r->description);
}

static bool row_ask_metadata(struct asking *a, struct row *r)
{
	struct vbc_op *op = a->op;
	const char *key = vbc_node_record_key(op, r->id);

	if (key)
		node_add_call(a, VBC_M_IVirtualBox_getExtraData, op->vbox, key, &r->json);
	return key;
}

static int node_ask_more(struct asking *a, unsigned fields)
{
	for (size_t i = 0; i < a->n; i++) {
		struct row *r = &a->rows[i];

		if ((fields & (VBC_NODE_FIELD_NAME | SIZED)) && r->ours && !row_ask_metadata(a, r))
			return vbc_fail_nomem(&a->op->error);
		if (row_is_accessible(r))
			row_ask_untold(a, r, fields);
		if ((fields & VBC_NODE_FIELD_FILES) && !row_is_accessible(r))
			node_add_call(a, VBC_M_IMachine_getAccessError, r->machine, NULL,
				      &r->access_error);
	}
	return node_run_calls(a);
}

/* Why VirtualBox cannot read a machine; there are few of those. */
static void node_ask_errors(struct asking *a)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(a->op);

	for (size_t i = 0; i < a->n; i++) {
		struct row *r = &a->rows[i];

		if (vbc_ref_is_null(r->access_error))
			continue;
		vbc_IVirtualBoxErrorInfo_getText(a->op, r->access_error, &r->error);
		vbc_op_release(a->op, r->access_error);
	}
}

/* Who asks for one node may name its key only, without knowing whether there is one. */
static void row_mark_ours(struct asking *a, const struct vbc_strs *keys, const struct vbc_strs *ids)
{
	bool listed = keys->v == vbc_host_keys_known(a->op).v;

	for (size_t i = 0; i < a->n; i++) {
		a->rows[i].ours = vbc_strs_has(ids, a->rows[i].id);
		a->rows[i].recorded = a->rows[i].ours && listed;
	}
}

/* Whether what is recorded of the id is of a machine of this name. */
static bool row_fits_metadata(const struct row *r)
{
	struct vbc_meta *VBC_META meta = vbc_meta_parse(r->json);

	return meta && streq(vbc_meta_str(meta, "vbox_name"), r->name);
}

/* Those that do not may be machines of others, in a folder called so; or others have renamed them.
 */
static int node_check_claims(struct asking *a, const struct vbc_strs *keys,
			     const struct vbc_strs *ids)
{
	const char **claims = VBC_ARENA_ARRAY(&a->op->arena, const char *, a->n);
	int code;

	if (!claims)
		return vbc_fail_nomem(&a->op->error);
	for (size_t i = 0; i < a->n; i++) {
		struct row *r = &a->rows[i];

		if (!r->claimed || row_fits_metadata(r))
			continue;
		claims[i] = r->id;
		r->id = "";
		row_ask_id(a, r);
	}
	code = node_run_calls(a);
	if (code)
		return code;
	row_mark_ours(a, keys, ids);
	for (size_t i = 0; i < a->n; i++) {
		struct row *r = &a->rows[i];

		if (!claims[i] || streq(claims[i], r->id))
			continue;
		r->json = "";
		if (r->ours && !row_ask_metadata(a, r))
			return vbc_fail_nomem(&a->op->error);
	}
	return node_run_calls(a);
}

static char *node_keep_text(struct vbc_op *op, const char *s)
{
	return vbc_arena_strdup(&op->arena, s);
}

/* Any other would be a tag that nobody could take away again. */
static bool row_is_tag(const char *key, const char *value)
{
	return !vbc_name_check("tag", key, NULL) &&
	       (!value[0] || !vbc_name_check("tag", value, NULL));
}

static bool row_take_tags(struct vbc_op *op, const struct vbc_meta *meta, struct vbc_tags *ret)
{
	struct vbc_strs keys = {0}, values = {0};
	const struct vbc_tag **tags;

	if (!vbc_meta_pairs(op, meta, VBC_NODE_TAGS, &keys, &values))
		return false;
	tags = VBC_ARENA_ARRAY(&op->arena, const struct vbc_tag *, keys.n);
	*ret = (struct vbc_tags){.v = tags};
	for (size_t i = 0; tags && i < keys.n; i++) {
		struct vbc_tag *tag = VBC_ARENA_NEW(&op->arena, struct vbc_tag);

		if (!tag)
			return false;
		if (!row_is_tag(keys.v[i], values.v[i]))
			continue;
		*tag = (struct vbc_tag){keys.v[i], values.v[i]};
		tags[ret->n++] = tag;
	}
	return tags != NULL;
}

/*
 * The name in the metadata is exact; but one that another tool gave since is newer. A machine that
 * VirtualBox cannot read has none.
 */
static int row_take_metadata(struct vbc_op *op, const struct row *r, unsigned fields,
			     struct vbc_node *node)
{
	struct vbc_meta *VBC_META meta = vbc_meta_parse(r->json);
	struct vbc_size size;

	if (!vbc_size_parse(vbc_meta_name(meta, "size"), &size, NULL))
		node->disk_gib = size.disk_gib;
	if (meta && fields & VBC_NODE_FIELD_NAME) {
		const char *name = vbc_meta_name(meta, "name");

		if (name[0] && (!r->name[0] || streq(vbc_meta_str(meta, "vbox_name"), r->name)))
			node->name = node_keep_text(op, name);
		node->image = node_keep_text(op, vbc_meta_uuid(meta, "image"));
		node->username = node_keep_text(op, vbc_meta_login(meta, "username"));
		node->created_at_ms = vbc_meta_date(meta, "created_ms");
		node->is_protected = vbc_meta_str(meta, VBC_NODE_PROTECTED)[0] != '\0';
		if (!row_take_tags(op, meta, &node->tags))
			return vbc_fail_nomem(&op->error);
	}
	return node->name && node->image ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_node_take_recorded(struct vbc_op *op, const char *json, const char *vbox_name,
			   struct vbc_node *node)
{
	const struct row row = {.json = json, .name = vbox_name};

	return row_take_metadata(op, &row, VBC_NODE_FIELD_NAME, node);
}

/*
 * Whether a machine was removed while we asked. Its id may be known from before, and VirtualBox may
 * tell of it for as long as our session has a reference; but its metadata are removed with it.
 */
static bool row_is_gone(const struct row *r, unsigned fields)
{
	return !r->id[0] ||
	       ((fields & VBC_NODE_FIELD_NAME) && row_is_accessible(r) && !r->name[0]) ||
	       ((fields & (VBC_NODE_FIELD_NAME | SIZED)) && r->recorded && !r->json[0]);
}

static int node_make_from_rows(struct asking *a, unsigned fields, struct vbc_node *nodes,
			       vbc_ref *refs, struct vbc_told *told, size_t *ret_n)
{
	int code = VBC_OK;
	size_t n = 0;

	for (size_t i = 0; !code && i < a->n; i++) {
		const struct row *r = &a->rows[i];

		if (row_is_gone(r, fields))
			continue;
		refs[n] = r->machine;
		told[n] = r->told;
		nodes[n] = (struct vbc_node){
			.id = r->id,
			.name = r->name,
			.size = "",
			.image = "",
			.cpus = r->cpus,
			.memory_mib = r->memory_mib,
			.os_type = r->os_type,
			.description = r->description,
			.settings_file = r->settings_file,
			.error = r->error,
		};
		vbc_node_set_state(&nodes[n], r->state);
		code = row_take_metadata(a->op, r, fields, &nodes[n++]);
	}
	*ret_n = n;
	return code;
}

static int node_get_states(struct vbc_op *op, const struct vbc_refs *machines, struct row *rows)
{
	struct vbc_enums states = {0};
	int code = vbc_machine_states(op, machines, &states);

	if (code)
		return code;
	for (size_t i = 0; i < machines->n; i++)
		rows[i] = (struct row){.machine = machines->v[i],
				       .state = (enum vbc_MachineState)states.v[i],
				       .id = "",
				       .name = "",
				       .json = "",
				       .os_type = "",
				       .description = "",
				       .settings_file = "",
				       .error = ""};
	return VBC_OK;
}

/* A description costs the host as much as some questions, so it is for those who have more. */
#define TOLD (VBC_NODE_FIELD_HARDWARE | VBC_NODE_FIELD_NETWORK)

/* What VirtualBox tells of those that it can read, in few calls. */
static int rows_take_told(struct asking *a, unsigned fields)
{
	vbc_ref *machines = VBC_ARENA_ARRAY(&a->op->arena, vbc_ref, a->n);
	struct vbc_told *told = VBC_ARENA_ARRAY(&a->op->arena, struct vbc_told, a->n);
	size_t n = 0;
	int code;

	if (!machines || !told)
		return vbc_fail_nomem(&a->op->error);
	for (size_t i = 0; fields & TOLD && i < a->n; i++)
		if (row_is_accessible(&a->rows[i]))
			machines[n++] = a->rows[i].machine;
	code = vbc_told_get(a->op, machines, n, told);
	n = 0;
	for (size_t i = 0; !code && fields & TOLD && i < a->n; i++) {
		struct row *r = &a->rows[i];

		if (!row_is_accessible(r))
			continue;
		r->told = told[n++];
		r->name = r->told.name && fields & VBC_NODE_FIELD_NAME ? r->told.name : "";
		r->cpus = r->told.cpus;
		r->memory_mib = r->told.memory_mib;
		r->os_type = r->told.os_type ? r->told.os_type : "";
		r->description = r->told.description ? r->told.description : "";
	}
	return code;
}

static int node_read_rows(struct asking *a, const struct vbc_refs *machines,
			  const struct vbc_strs *keys, unsigned fields)
{
	struct vbc_strs ours = {0};
	int code = node_get_states(a->op, machines, a->rows);

	if (!code)
		code = vbc_meta_ids_of(a->op, keys, VBC_NODE_KIND, &ours);
	if (!code)
		code = rows_take_told(a, fields);
	if (!code)
		code = node_identify(a, &ours, fields);
	if (code)
		return code;
	row_mark_ours(a, keys, &ours);
	code = node_ask_more(a, fields);
	if (!code && fields_allow_claims(fields))
		code = node_check_claims(a, keys, &ours);
	if (code)
		return code;
	node_ask_errors(a);
	return VBC_OK;
}

static int node_read_firmware(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs,
			      size_t n)
{
	bool nvram = false;
	int code = VBC_OK;

	for (size_t i = 0; !code && i < n; i++)
		if (nodes[i].state != VBC_NODE_STATE_ERROR)
			code = vbc_firmware_read(op, refs[i], &nodes[i].firmware, &nvram);
	return code;
}

int vbc_node_query_these(struct vbc_op *op, const struct vbc_strs *keys,
			 const struct vbc_refs *machines, unsigned fields,
			 struct vbc_node_rows *ret)
{
	struct asking a = {.op = op, .n = machines->n};
	struct vbc_node_rows rows;
	int code;

	a.rows = VBC_ARENA_ARRAY(&op->arena, struct row, a.n);
	a.calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, a.n * 6);
	rows.nodes = VBC_ARENA_ARRAY(&op->arena, struct vbc_node, a.n);
	rows.refs = VBC_ARENA_ARRAY(&op->arena, vbc_ref, a.n);
	rows.told = VBC_ARENA_ARRAY(&op->arena, struct vbc_told, a.n);
	if (!a.rows || !a.calls || !rows.nodes || !rows.refs || !rows.told)
		return vbc_fail_nomem(&op->error);
	code = node_read_rows(&a, machines, keys, fields);
	if (!code)
		code = node_make_from_rows(&a, fields, rows.nodes, rows.refs, rows.told, &rows.n);
	if (!code && (fields & VBC_NODE_FIRMWARE))
		code = node_read_firmware(op, rows.nodes, rows.refs, rows.n);
	if (!code && (fields & VBC_NODE_FIELD_NETWORK))
		code = vbc_node_network(op, rows.nodes, rows.refs, rows.told, rows.n);
	if (!code)
		*ret = rows;
	return code;
}

int vbc_node_query(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only, unsigned fields,
		   struct vbc_node **ret_nodes, vbc_ref **ret_refs, size_t *ret_n)
{
	struct vbc_refs machines = {.n = 1, .v = &only};
	struct vbc_node_rows rows = {.n = 0};
	struct vbc_strs begun_with = {0};
	int code = keys ? VBC_OK : vbc_host_keys(op, &begun_with);

	if (!code && vbc_ref_is_null(only))
		code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);
	if (!code)
		code = vbc_node_query_these(op, keys ? keys : &begun_with, &machines, fields,
					    &rows);
	if (code)
		return code;
	*ret_nodes = rows.nodes;
	*ret_refs = rows.refs;
	*ret_n = rows.n;
	return VBC_OK;
}

/* "" of those that are gone meanwhile. */
static int machines_ask_ids(struct vbc_op *op, const struct vbc_refs *machines, const char **ids)
{
	struct vbc_batch_call *calls =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, machines->n);

	if (!calls)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < machines->n; i++) {
		ids[i] = "";
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMachine_getId,
						   .self = machines->v[i],
						   .out = &ids[i],
						   .fixed = true};
	}
	return vbc_batch(op, calls, machines->n);
}

/* Moves those to the front that VirtualBox can read and that are not among `own`; how many. */
static size_t machines_sift(const struct vbc_op *op, const struct vbc_refs *machines,
			    const struct vbc_refs *own, vbc_ref *v)
{
	size_t n = 0;

	for (size_t i = 0; i < machines->n; i++)
		if (!vbc_own_has(own, machines->v[i]) && !vbc_machine_is_unread(op, machines->v[i]))
			v[n++] = machines->v[i];
	return n;
}

int vbc_machines_readable(struct vbc_op *op, const struct vbc_strs *keys,
			  struct vbc_refs *ret_machines, struct vbc_strs *ret_ids)
{
	struct vbc_refs machines = {0}, own = {0};
	const char **ids;
	vbc_ref *v;
	size_t n = 0;
	int code = vbc_machine_read_again(op);

	if (!code)
		code = vbc_machines_known(op, &machines);
	if (!code && machines.n > 1) /* of one its id tells as much */
		code = vbc_own_find(op, keys, false, &own);
	if (code)
		return code;
	ids = VBC_ARENA_ARRAY(&op->arena, const char *, machines.n);
	v = VBC_ARENA_ARRAY(&op->arena, vbc_ref, machines.n);
	if (!ids || !v)
		return vbc_fail_nomem(&op->error);
	machines = (struct vbc_refs){.n = machines_sift(op, &machines, &own, v), .v = v};
	code = machines_ask_ids(op, &machines, ids);
	for (size_t i = 0; !code && i < machines.n; i++) {
		if (!ids[i][0])
			continue;
		v[n] = v[i];
		ids[n++] = ids[i];
	}
	*ret_machines = (struct vbc_refs){.n = n, .v = v};
	*ret_ids = (struct vbc_strs){.n = n, .v = ids};
	return code;
}
