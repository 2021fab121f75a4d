/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Giving a node another seed, or its first: a new file, which takes the old one's place in the
 * drive. A snapshot that has the old one keeps it. A node that was made with DMI strings gets
 * others.
 */
#include "firstboot/replace.h"

#include <vboxcloud/size.h>

#include "base/given.h"
#include "base/path.h"
#include "disk/attachment.h"
#include "disk/machine-folder.h"
#include "disk/seed-disc.h"
#include "disk/storage-slot.h"
#include "firstboot/dmi.h"
#include "firstboot/seed.h"
#include "host/size.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/find.h"
#include "machine/state-now.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

/* In the journal's entry. */
#define OLD  "old_seed"
#define NODE "node"

struct replace {
	const char *node;
	const struct vbc_first_boot *first_boot;
};

struct change {
	struct vbc_node_ref node;
	const char *folder;
	struct vbc_seed seed;
	struct vbc_storage_slot drive; /* without a controller when there is none with a seed */
	const char *old;               /* path of the seed in it, or ""                       */
	char id[37];                   /* of the journal's entry                              */
};

static int seed_check_state(struct vbc_op *op, const struct vbc_node_ref *node)
{
	enum vbc_node_state state;
	int code = vbc_machine_state(op, node->machine, &state);

	if (code || state == VBC_NODE_STATE_STOPPED)
		return code;
	return vbc_fail(&op->error, VBC_E_STATE, "it is %s; stop it first",
			vbc_node_state_name(state));
}

/* The new file and the new instance are named after the change, so that none is ever met twice. */
static int seed_plan_change(struct vbc_op *op, struct change *c)
{
	const char *file;
	int code = vbc_machine_folder(op, c->node.machine, &c->folder);

	if (!code)
		code = vbc_op_make_uuid(op, c->id);
	if (code)
		return code;
	file = vbc_arena_printf(&op->arena, VBC_SEED_FILE "-%.8s" VBC_SEED_SUFFIX, c->id);
	c->seed.path = file ? vbc_path_join(&op->arena, c->folder, file) : NULL;
	c->seed.instance_id = vbc_arena_printf(&op->arena, "%s-%.8s", c->node.id, c->id);
	if (!c->seed.path || !c->seed.instance_id)
		return vbc_fail_nomem(&op->error);
	return vbc_seed_prepare(op, c->node.name, &c->seed);
}

static int seed_insert_disc(struct vbc_op *op, struct change *c, vbc_ref machine)
{
	int code;

	if (c->old[0]) {
		code = vbc_IMachine_mountMedium(op, machine, c->drive.controller, c->drive.port,
						c->drive.device, c->seed.disc, false);
		return code ? code : vbc_IMachine_saveSettings(op, machine);
	}
	code = vbc_storage_slot_find(op, machine, false, &c->drive);
	return code ? code : vbc_medium_insert(op, machine, &c->drive, c->seed.disc);
}

static int seed_exchange_disc(struct vbc_op *op, struct change *c)
{
	struct vbc_lock lock = {0};
	int code = vbc_work_note(op, OLD, c->old);

	if (!code)
		code = vbc_lock_take(op, c->node.machine, c->node.id, VBC_LockType_Write, &lock);
	if (!code)
		code = seed_insert_disc(op, c, lock.machine);
	vbc_lock_drop(op, &lock);
	return code;
}

static int seed_change(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	int code = vbc_seed_create(op, &c->seed, c->node.machine);

	if (!code)
		code = vbc_disc_find(op, c->node.machine, c->folder, true, &c->drive, &c->old);
	if (!code)
		code = seed_exchange_disc(op, c);
	if (!code && c->old[0])
		code = vbc_disc_drop(op, c->node.id, c->old);
	return code;
}

static int seed_make_and_exchange(struct vbc_op *op, struct change *c, struct vbc_meta *entry)
{
	const struct vbc_work work = {VBC_WORK_NEW, "seed", c->id, entry, NULL};
	int code = vbc_seed_begin(op, &c->seed, entry);

	if (code)
		return code;
	vbc_meta_set_str(entry, NODE, c->node.id);
	return vbc_work_run(op, &work, seed_change, c);
}

/* After the exchange, or a part of it: one of the two is in the drive, and stays. */
int vbc_seed_replace_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *old = vbc_meta_str(entry, OLD);
	bool used = false;
	int code = vbc_seed_undo(op, entry, &used);

	(void)id;
	if (code || !old[0])
		return code;
	return used ? vbc_disc_drop(op, vbc_meta_str(entry, NODE), old)
		    : vbc_seed_wipe(op, old, NULL);
}

static int seed_replace_disc(struct vbc_op *op, struct change *c)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? seed_check_state(op, &c->node) : vbc_fail_nomem(&op->error);

	if (!code)
		code = seed_plan_change(op, c);
	return code ? code : seed_make_and_exchange(op, c, entry);
}

/* The node may run: what it has now, it has got from its firmware already. */
static int dmi_replace_strings(struct vbc_op *op, const struct vbc_node_ref *node,
			       const struct vbc_first_boot *first_boot)
{
	struct vbc_lock lock = {0};
	struct vbc_size size = {0};
	const char *id = "", *text = "";
	int code = vbc_IMachine_getExtraData(op, node->machine, VBC_NODE_SIZE_KEY, &id);

	if (!code)
		code = vbc_size_parse(id, &size, &op->error);
	if (!code)
		code = vbc_dmi_prepare(op, first_boot, size.disk_gib, &text);
	if (!code)
		code = vbc_lock_take(op, node->machine, node->id, VBC_LockType_Shared, &lock);
	if (!code)
		code = vbc_dmi_write(op, lock.machine, text);
	vbc_lock_drop(op, &lock);
	return code;
}

static int first_boot_replace_body(struct vbc_op *op, void *arg)
{
	const struct replace *r = arg;
	struct change c = {.seed = {.from = r->first_boot}};
	bool dmi = false;
	int code = vbc_node_find(op, r->node, &c.node);

	op->progress.what = "writing the seed";
	if (code)
		return code;
	code = vbc_dmi_has(op, c.node.machine, &dmi);
	if (!code)
		code = dmi ? dmi_replace_strings(op, &c.node, r->first_boot)
			   : seed_replace_disc(op, &c);
	return vbc_error_prefix(&op->error, code, "cannot prepare another first boot of node '%s'",
				c.node.name);
}

int vbc_first_boot_replace(struct vbc_host *host, const char *node,
			   const struct vbc_first_boot *first_boot, const struct vbc_wait *wait,
			   struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, first_boot))
		return VBC_E_ARG;

	struct vbc_first_boot full;
	struct replace r = {.node = node, .first_boot = &full};
	int code = vbc_seed_take(first_boot, &full, err);

	return code ? code : vbc_run_recovered(host, wait, err, first_boot_replace_body, &r);
}
