/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a node is called: renaming, descriptions, and the metadata they are kept in.
 */
#include "node/name.h"

#include <string.h>

#include "base/given.h"
#include "base/name.h"
#include "base/str.h"
#include "host/keys.h"
#include "journal/run.h"
#include "machine/list.h"
#include "machine/named.h"
#include "machine/on-node.h"
#include "machine/record.h"
#include "machine/wait-stable.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

/*
 * The name other tools show. VirtualBox moves files along a path in a name when it is changed
 * later, and takes a name that looks like an id for one; so such names are shown changed, and the
 * exact one is kept in the metadata.
 */
const char *vbc_node_vbox_name(struct vbc_op *op, const char *name)
{
	char *vbox_name = vbc_arena_printf(&op->arena, "%s%s", name, vbc_is_uuid(name) ? "_" : "");

	for (char *c = vbox_name; c && *c; c++)
		if (*c == '/' || *c == '\\')
			*c = '_';
	if (vbox_name && vbox_name[0] == '.')
		vbox_name[0] = '_';
	return vbox_name;
}

/* What a machine of another tool would have had written down. */
static int node_make_meta(struct vbc_op *op, const struct vbc_node_ref *f, struct vbc_meta *meta)
{
	const struct vbc_strs none = {0};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = vbc_node_query(op, &none, f->machine, VBC_NODE_FIELD_NAME, &nodes, &refs, &n);

	if (!code && !n)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND, "node '%s' is gone", f->name);
	if (code)
		return code;
	vbc_meta_set_str(meta, "name", nodes[0].name);
	vbc_meta_set_str(meta, "vbox_name", nodes[0].name);
	return VBC_OK;
}

int vbc_node_meta(struct vbc_op *op, const struct vbc_node_ref *f, struct vbc_meta **ret_meta)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_node_record_get(op, f->id, &meta);

	if (!code && !meta) {
		meta = vbc_meta_new();
		code = meta ? node_make_meta(op, f, meta) : vbc_fail_nomem(&op->error);
	}
	if (!code)
		*ret_meta = vbc_steal(meta);
	return code;
}

int vbc_node_put_meta(struct vbc_op *op, const char *id, const struct vbc_meta *meta)
{
	int code = vbc_named_keep(op, id, vbc_meta_name(meta, "name"));

	return code ? code : vbc_node_record_put(op, id, meta);
}

#define FILE_NAME_BYTES 200

struct rename {
	const char *id_or_name, *name;
};

/* VirtualBox calls the settings file after the machine, so the name must be short enough for one.
 */
static const char *node_shorten_name(struct vbc_op *op, const char *name)
{
	size_t n = strlen(name) < FILE_NAME_BYTES ? strlen(name) : FILE_NAME_BYTES;

	while (n < strlen(name) && ((unsigned char)name[n] & 0xc0) == 0x80)
		n--; /* between two characters */
	return vbc_arena_strndup(&op->arena, name, n);
}

static int node_set_name(struct vbc_op *op, vbc_ref machine, const char *name)
{
	int code = vbc_IMachine_setName(op, machine, name);

	return code ? code : vbc_IMachine_saveSettings(op, machine);
}

/* Both names, that in the metadata and that of VirtualBox. */
static int node_set_both_names(struct vbc_op *op, const struct vbc_node_ref *f, vbc_ref machine,
			       struct vbc_meta *meta, const char *name, const char *vbox_name)
{
	int code = vbc_named_put(op, f->id, name);

	if (!code)
		code = node_set_name(op, machine, vbox_name);
	vbc_meta_set_str(meta, "name", name);
	vbc_meta_set_str(meta, "vbox_name", vbox_name);
	return code ? code : vbc_node_record_put(op, f->id, meta);
}

/* Of a node that has a name now the index may forget the others: or the next renaming does it. */
static void node_drop_names(struct vbc_op *op, const struct vbc_node_ref *f, const char *name)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const struct vbc_strs keys = vbc_host_keys_known(op);

	vbc_named_drop(op, &keys, f->id, name);
}

static int node_rename_both(struct vbc_op *op, const struct vbc_node_ref *f, vbc_ref machine,
			    const char *name)
{
	const char *vbox_name = vbc_node_vbox_name(op, name), *old_vbox_name = "", *old;
	struct vbc_meta *VBC_META meta = NULL;
	struct vbc_aside aside;
	int code;

	vbox_name = vbox_name ? node_shorten_name(op, vbox_name) : NULL;
	code = vbox_name ? vbc_node_meta(op, f, &meta) : vbc_fail_nomem(&op->error);
	if (!code)
		code = vbc_IMachine_getName(op, machine, &old_vbox_name);
	if (code)
		return code;
	old = vbc_arena_strdup(&op->arena, vbc_meta_str(meta, "name"));
	code = old ? node_set_both_names(op, f, machine, meta, name, vbox_name)
		   : vbc_fail_nomem(&op->error);
	if (!code)
		node_drop_names(op, f, name);
	if (!code || !old)
		return code;
	aside = vbc_aside_begin(op);
	if (!node_set_both_names(op, f, machine, meta, old, old_vbox_name) && !streq(old, name))
		vbc_named_delete(op, f->id, name);
	vbc_aside_restore(&aside);
	return code;
}

static int node_rename_body(struct vbc_op *op, void *arg)
{
	const struct rename *r = arg;
	struct vbc_node_ref f = {0};
	struct vbc_lock lock = {0};
	int code = vbc_node_take_stopped(op, r->id_or_name, "renamed", &f, &lock);

	op->progress.what = "renaming";
	if (code)
		return code;
	code = node_rename_both(op, &f, lock.machine, r->name);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot rename node '%s'", f.name);
}

int vbc_node_rename(struct vbc_host *host, const char *id_or_name, const char *name,
		    const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, name))
		return VBC_E_ARG;

	struct rename r = {.id_or_name = id_or_name, .name = name};
	int code = vbc_name_check("node", name, err);

	return code ? code : vbc_run_recovered(host, wait, err, node_rename_body, &r);
}

static int description_set_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	const char **description = arg;
	struct vbc_lock lock = {0};
	int code;

	op->progress.what = "setting the description";
	code = vbc_lock_take(op, node->machine, node->id, VBC_LockType_Shared, &lock);
	if (!code)
		code = vbc_IMachine_setDescription(op, lock.machine, *description);
	if (!code)
		code = vbc_IMachine_saveSettings(op, lock.machine);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot set the description of node '%s'",
				node->name);
}

int vbc_node_set_description(struct vbc_host *host, const char *id_or_name, const char *description,
			     const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	const char *text = description ? description : "";

	return vbc_run_on_node(host, id_or_name, wait, err, description_set_body, &text);
}
