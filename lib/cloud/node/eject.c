/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Taking the disc of an installer out of a node's drive. One that was uploaded for the node is
 * deleted then, unless a snapshot of the node has it: then the node's end is the disc's.
 */
#include "node/eject.h"

#include <vboxcloud/node.h>

#include "base/given.h"
#include "base/path.h"
#include "disk/attachment.h"
#include "disk/machine-folder.h"
#include "disk/seed-disc.h"
#include "journal/work.h"
#include "machine/lock.h"
#include "machine/on-node.h"
#include "node/install-disc.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

/* In the journal's entry. */
#define DISC "disc"
#define NODE "node"

struct eject {
	struct vbc_node_ref node;
	struct vbc_storage_slot drive;
	const char *path; /* of the disc                       */
	bool ours;        /* it was uploaded for this node     */
};

/* A guest may have locked its drive, as installers do. */
static int eject_open_drive(struct vbc_op *op, const struct eject *e)
{
	struct vbc_lock lock = {0};
	int code = vbc_machine_lock(op, e->node.machine, e->node.id, &lock);

	if (!code)
		code = vbc_IMachine_unmountMedium(op, lock.machine, e->drive.controller,
						  e->drive.port, e->drive.device, true);
	if (!code)
		code = vbc_IMachine_saveSettings(op, lock.machine);
	vbc_lock_drop(op, &lock);
	return code;
}

static int eject_work(struct vbc_op *op, void *arg)
{
	const struct eject *e = arg;
	int code = eject_open_drive(op, e);

	return code || !e->ours ? code : vbc_disc_drop(op, e->node.id, e->path);
}

/* The disc is in the drive still, and stays; or it is out, and goes. */
int vbc_node_eject_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *path = vbc_meta_str(entry, DISC);

	(void)id;
	return path[0] ? vbc_seed_wipe(op, path, NULL) : VBC_OK;
}

static int eject_find_disc(struct vbc_op *op, struct eject *e)
{
	const char *folder = "";
	int code = vbc_machine_folder(op, e->node.machine, &folder);

	if (code)
		return code;
	code = vbc_disc_find(op, e->node.machine, folder, false, &e->drive, &e->path);
	if (!code && !e->path[0])
		code = vbc_fail(&op->error, VBC_E_NOTFOUND, "node '%s' has no disc in a drive",
				e->node.name);
	e->ours = vbc_path_in(e->path, folder, true) && vbc_install_disc_is(e->path);
	return code;
}

static int eject_run(struct vbc_op *op, struct eject *e)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_NEW, "eject", NULL, entry, NULL};

	if (!entry)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(entry, NODE, e->node.id);
	if (e->ours)
		vbc_meta_set_str(entry, DISC, e->path);
	return vbc_work_run(op, &work, eject_work, e);
}

static int node_eject_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	struct eject e = {.node = *node};
	int code;

	(void)arg;
	op->progress.what = "ejecting";
	code = eject_find_disc(op, &e);
	if (code)
		return code;
	code = eject_run(op, &e);
	return vbc_error_prefix(&op->error, code, "cannot eject the disc of node '%s'", node->name);
}

int vbc_node_eject(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		   struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_on_node(host, id_or_name, wait, err, node_eject_body, NULL);
}
