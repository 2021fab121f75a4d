/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cloning a node: a new one of the same size, networks, forwards, description and tags, with a copy
 * of its disk, or one that is linked to a snapshot of it. It is made as one of an image is, with an
 * id, MAC addresses and ports of its own. Of VirtualBox's own clone the volumes would be copied
 * too, and the seed be shared.
 */
#include <vboxcloud/node.h>

#include "base/given.h"
#include "base/name.h"
#include "disk/medium-facts.h"
#include "host/size.h"
#include "journal/run.h"
#include "machine/boot-disk.h"
#include "machine/console.h"
#include "machine/find.h"
#include "machine/list.h"
#include "machine/platform.h"
#include "machine/record.h"
#include "network/choice.h"
#include "node/create.h"
#include "node/list.h"
#include "snapshot/node.h"

#define GIB ((uint64_t)1 << 30)

struct clone {
	const char *id_or_name;
	const struct vbc_node_clone_opts *opts;
	struct vbc_node_ref found;
	struct vbc_node *source;
	struct vbc_node_create_opts create;
	struct vbc_new_node made;
	struct vbc_platform platform; /* of the source */
};

static bool clone_source_is_fit(enum vbc_node_state state, bool from_snapshot)
{
	return state == VBC_NODE_STATE_STOPPED || state == VBC_NODE_STATE_RUNNING ||
	       state == VBC_NODE_STATE_PAUSED ||
	       (state == VBC_NODE_STATE_SUSPENDED && from_snapshot);
}

static int clone_inspect_source(struct vbc_op *op, struct clone *c)
{
	const char *key;
	struct vbc_strs keys = {.n = 1, .v = &key};
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = vbc_node_find(op, c->id_or_name, &c->found);

	if (code)
		return code;
	key = vbc_node_record_key(op, c->found.id);
	code = key ? vbc_node_query_sized(op, &keys, c->found.machine,
					  VBC_NODE_FIELD_ALL & ~VBC_NODE_FIRMWARE, &c->source,
					  &refs, &n)
		   : vbc_fail_nomem(&op->error);
	if (!code && !n)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND, "node '%s' is gone", c->id_or_name);
	if (code)
		return code;
	c->found.name = c->source->name;
	if (!clone_source_is_fit(c->source->state, c->opts->snapshot != NULL))
		return vbc_fail(&op->error, VBC_E_STATE, "node '%s' cannot be cloned: it is %s",
				c->source->name, vbc_node_state_name(c->source->state));
	return VBC_OK;
}

/* The disk of now, or of the snapshot, which does not change; and what its guest needs. */
static int clone_find_disk(struct vbc_op *op, struct clone *c)
{
	bool runs = c->source->state != VBC_NODE_STATE_STOPPED;
	vbc_ref machine = c->found.machine;
	int code = VBC_OK;

	if (c->opts->snapshot)
		code = vbc_snapshot_machine(op, &c->found, c->opts->snapshot, &machine);
	else if (c->opts->linked)
		c->made.source_snapshot = VBC_SOURCE_SNAPSHOT_BASE;
	else if (runs)
		c->made.source_snapshot = VBC_SOURCE_SNAPSHOT_TEMPORARY;
	if (!code)
		code = vbc_node_disk(op, machine, &c->made.image_medium);
	return code ? code : vbc_platform_read(op, machine, &c->platform);
}

/* What is copied, as if it were an image. */
static int clone_inspect_disk(struct vbc_op *op, struct clone *c)
{
	struct vbc_image *image = &c->made.image;
	int code = clone_find_disk(op, c);

	*image = (struct vbc_image){.id = c->source->image,
				    .name = c->source->name,
				    .os_type = c->source->os_type,
				    .firmware = c->platform.firmware,
				    .chipset = c->platform.chipset,
				    .tpm = c->platform.tpm};
	if (!code)
		code = vbc_IMedium_getLocation(op, c->made.image_medium, &image->location);
	return code ? code
		    : vbc_medium_size(op, c->made.image_medium, "node", image->name,
				      &image->size_bytes);
}

/* That of the source, from what it has: another tool may have made it, or changed it. */
static int clone_choose_size(struct vbc_op *op, struct clone *c)
{
	const struct vbc_size rest = {
		.cpus = c->source->cpus,
		.ram_mib = c->source->memory_mib,
		.disk_gib = (unsigned)((c->made.image.size_bytes + GIB - 1) / GIB)};
	int code = vbc_size_for_host(op, c->opts->node_size, &rest, &c->made.size);

	return code ? code : vbc_node_check_image(op, &c->made);
}

static int clone_copy_networks(struct vbc_op *op, struct clone *c)
{
	const struct vbc_network_adapters *from = &c->source->adapters;
	size_t n = from->n ? from->v[from->n - 1]->slot + 1 : 1; /* none: one that is unplugged */
	struct vbc_network_choice *choices =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_network_choice, n);

	if (!choices)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		choices[i].kind = from->n ? VBC_NETWORK_OFF : VBC_NETWORK_KIND_NONE;
	for (size_t i = 0; i < from->n; i++) {
		const char *name = from->v[i]->network;

		choices[from->v[i]->slot] = (struct vbc_network_choice){
			.kind = from->v[i]->kind, .name = name[0] ? name : NULL};
	}
	c->create.networks = choices;
	c->create.n_networks = n;
	return VBC_OK;
}

/* From free ports of the host: the source has those that it has. */
static int clone_copy_forwards(struct vbc_op *op, struct clone *c)
{
	size_t n = c->source->forwards.n;
	struct vbc_forward_add_opts *opts =
		VBC_ARENA_ARRAY(&op->arena, struct vbc_forward_add_opts, n);
	const struct vbc_forward_add_opts **v =
		VBC_ARENA_ARRAY(&op->arena, const struct vbc_forward_add_opts *, n);

	if (!opts || !v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		const struct vbc_forward *f = c->source->forwards.v[i];

		opts[i] = (struct vbc_forward_add_opts){.size = sizeof(*opts),
							.name = f->name,
							.adapter = f->adapter,
							.protocol = f->protocol,
							.host_ip = f->host_ip,
							.guest_ip = f->guest_ip,
							.guest_port = f->guest_port};
		v[i] = &opts[i];
	}
	c->create.forwards = v;
	c->create.n_forwards = n;
	return VBC_OK;
}

static int node_clone_body(struct vbc_op *op, void *arg)
{
	struct clone *c = arg;
	int code = clone_inspect_source(op, c);

	op->progress.what = "cloning";
	if (!code)
		code = clone_inspect_disk(op, c);
	if (!code)
		code = clone_choose_size(op, c);
	if (!code)
		code = clone_copy_networks(op, c);
	if (!code)
		code = clone_copy_forwards(op, c);
	if (!code)
		code = vbc_console_has(op, c->found.machine, &c->create.serial);
	if (code)
		return code;
	c->create.description = c->source->description;
	c->create.no_start = c->opts->no_start;
	code = vbc_node_make(op, &c->made);
	if (!code)
		vbc_platform_tell(op, &c->platform, "node", c->made.name);
	return code;
}

int vbc_node_clone(struct vbc_host *host, const char *id_or_name, const char *name,
		   const struct vbc_node_clone_opts *opts, const struct vbc_wait *wait,
		   struct vbc_node **ret_node, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, name, ret_node))
		return VBC_E_ARG;

	struct vbc_node_clone_opts o = VBC_NODE_CLONE_OPTS_INIT;
	struct clone c = {
		.id_or_name = id_or_name, .opts = &o, .create = VBC_NODE_CREATE_OPTS_INIT};
	int code = vbc_name_check("node", name, err);

	vbc_opts_read(&o, opts);
	if (!code && o.node_size)
		code = vbc_size_parse_parts(o.node_size, &c.made.size, err);
	c.made.name = name;
	c.made.opts = &c.create;
	c.made.of = &c.found;
	c.create.linked = o.linked;
	if (!code)
		code = vbc_run_recovered(host, wait, err, node_clone_body, &c);
	if (!code)
		*ret_node = c.made.node;
	return code;
}
