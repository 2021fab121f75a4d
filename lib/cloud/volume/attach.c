/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Attaching volumes to nodes and detaching them. Either is saved or not, in one call: there is
 * nothing half done for the journal; the machine's lock is in it.
 */
#include "volume/attach.h"

#include <vboxcloud/volume.h>

#include "base/given.h"
#include "base/str.h"
#include "disk/attachment.h"
#include "disk/recorded.h"
#include "disk/storage-slot.h"
#include "journal/run.h"
#include "machine/find.h"
#include "machine/lock.h"
#include "machine/name.h"
#include "machine/read-again.h"
#include "machine/state-now.h"
#include "machine/state.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "volume/volume.h"

int vbc_volume_lock(struct vbc_op *op, vbc_ref machine, const char *id, const char *name,
		    struct vbc_lock *ret_lock, bool *ret_running)
{
	enum vbc_node_state state;
	int code = vbc_machine_state(op, machine, &state);

	if (!code && !vbc_state_is_up(state) && state != VBC_NODE_STATE_STOPPED)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"the disks of node '%s' cannot be changed: it is %s", name,
				vbc_node_state_name(state));
	if (!code)
		code = vbc_machine_lock_as(op, machine, id, state, ret_lock);
	if (!code)
		*ret_running = vbc_state_is_up(state);
	return code;
}

struct job {
	const char *volume, *node;
};

/* Two clients may have attached it at once, each to another node: then neither keeps it. */
static int volume_check_alone(struct vbc_op *op, const struct vbc_disk *disk,
			      const struct vbc_node_ref *node, vbc_ref machine)
{
	struct vbc_disk now = *disk;
	struct vbc_volume_use use;
	int code = vbc_IMedium_getMachineIds(op, disk->medium, &now.machines);

	if (code || now.machines.n < 2)
		return code;
	now.machines = (struct vbc_strs){.n = 1, .v = &node->id};
	code = vbc_volume_use(op, &now, &use);
	if (!code)
		code = vbc_medium_detach(op, machine, &use.slot);
	return code ? code
		    : vbc_fail(&op->error, VBC_E_BUSY,
			       "volume '%s' was attached to another node at the same moment",
			       vbc_disk_name(op, disk));
}

static int volume_attach_to_node(struct vbc_op *op, const struct vbc_disk *disk,
				 const struct vbc_node_ref *node)
{
	struct vbc_lock lock = {0};
	bool running = false;
	int code = vbc_volume_lock(op, node->machine, node->id, node->name, &lock, &running);

	if (!code)
		code = vbc_storage_slot_plug(op, lock.machine, running, disk->medium);
	if (!code)
		code = volume_check_alone(op, disk, node, lock.machine);
	vbc_lock_drop(op, &lock);
	return code;
}

static int volume_attach_body(struct vbc_op *op, void *arg)
{
	const struct job *job = arg;
	struct vbc_node_ref node = {0};
	struct vbc_volume_use use;
	struct vbc_disk disk;
	int code = vbc_volume_find(op, job->volume, &disk);

	op->progress.what = "attaching";
	if (!code)
		code = vbc_node_find(op, job->node, &node);
	if (!code)
		code = vbc_volume_use(op, &disk, &use);
	if (code)
		return code;
	if (streq(use.machine_id, node.id) && use.slot.controller[0])
		return VBC_OK;
	if (use.machine_id[0])
		return vbc_volume_fail_attached(op, VBC_E_BUSY, &disk, &use,
						"; detach it there first");
	code = vbc_machine_check_free(op, "volume", job->volume);
	if (!code)
		code = volume_attach_to_node(op, &disk, &node);
	return vbc_error_prefix(&op->error, code, "cannot attach volume '%s' to node '%s'",
				job->volume, job->node);
}

int vbc_volume_attach(struct vbc_host *host, const char *volume, const char *node,
		      const struct vbc_volume_attach_opts *opts, const struct vbc_wait *wait,
		      struct vbc_error *err)
{
	(void)opts; /* none yet */
	if (vbc_lacks(err, host, volume, node))
		return VBC_E_ARG;

	struct job job = {.volume = volume, .node = node};

	return vbc_run_recovered(host, wait, err, volume_attach_body, &job);
}

static int volume_detach_from_node(struct vbc_op *op, const struct vbc_volume_use *use)
{
	struct vbc_lock lock = {0};
	const char *name = "";
	bool running = false;
	int code = vbc_node_name(op, use->machine, use->machine_id, &name);

	if (!code)
		code = vbc_volume_lock(op, use->machine, use->machine_id, name, &lock, &running);
	if (!code && running && !use->slot.hot)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"node '%s' is running, and VirtualBox cannot detach a disk from "
				"there meanwhile (%s %d:%d); stop the node first",
				name, use->slot.controller, use->slot.port, use->slot.device);
	if (!code)
		code = vbc_medium_detach(op, lock.machine, &use->slot);
	vbc_lock_drop(op, &lock);
	return code;
}

/* Its node may be destroyed meanwhile, which detaches it, too. */
static bool volume_is_free(struct vbc_op *op, const struct vbc_disk *disk)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_strs machines = {0};
	int code = vbc_IMedium_getMachineIds(op, disk->medium, &machines);

	return !code && !machines.n;
}

static int volume_detach_body(struct vbc_op *op, void *arg)
{
	const struct job *job = arg;
	struct vbc_volume_use use;
	struct vbc_disk disk;
	int code = vbc_volume_find(op, job->volume, &disk);

	op->progress.what = "detaching";
	if (!code)
		code = vbc_volume_use_found(op, &disk, &use);
	if (!code && !use.machine_id[0])
		code = vbc_machine_check_free(op, "volume", job->volume);
	if (code || !use.machine_id[0])
		return code;
	if (vbc_volume_in_snapshot(&disk, &use))
		return vbc_volume_fail_in_snapshot(op, &disk, &use);
	code = volume_detach_from_node(op, &use);
	if (code && volume_is_free(op, &disk))
		return vbc_op_forgive(op);
	return vbc_error_prefix(&op->error, code, "cannot detach volume '%s'", job->volume);
}

int vbc_volume_detach(struct vbc_host *host, const char *volume,
		      const struct vbc_volume_detach_opts *opts, const struct vbc_wait *wait,
		      struct vbc_error *err)
{
	(void)opts; /* none yet */
	if (vbc_lacks(err, host, volume))
		return VBC_E_ARG;

	struct job job = {.volume = volume};

	return vbc_run_recovered(host, wait, err, volume_detach_body, &job);
}
