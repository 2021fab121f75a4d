/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Attaching volumes to nodes and detaching them. Either is saved or not, in one call: there is
 * nothing half done for the journal; the machine's lock is in it.
 */
#include "base/given.h"
#include "base/str.h"
#include "disk/medium.h"
#include "machine/node-private.h"
#include "volume/volume-private.h"

/* A storage controller and what of it is taken. */
struct controller {
	const char *name;
	enum vbc_StorageBus bus;
	uint32_t ports, max_ports, devices;
};

struct machine {
	vbc_ref ref;
	struct controller *controllers;
	size_t n;
	struct vbc_IMediumAttachment_array taken;
	const struct vbc_IMediumAttachment *system; /* the disk it starts from; NULL: none */
};

/* In the order in which they are filled. */
static const enum vbc_StorageBus buses[] = {VBC_StorageBus_SATA, VBC_StorageBus_VirtioSCSI,
					    VBC_StorageBus_SCSI, VBC_StorageBus_SAS,
					    VBC_StorageBus_IDE};

static int look_at(struct vbc_op *op, vbc_ref ref, struct controller *c)
{
	int code = vbc_IStorageController_getName(op, ref, &c->name);

	if (!code)
		code = vbc_IStorageController_getBus(op, ref, &c->bus);
	if (!code)
		code = vbc_IStorageController_getPortCount(op, ref, &c->ports);
	if (!code)
		code = vbc_IStorageController_getMaxPortCount(op, ref, &c->max_ports);
	return code ? code : vbc_IStorageController_getMaxDevicesPerPortCount(op, ref, &c->devices);
}

static int look(struct vbc_op *op, vbc_ref ref, struct machine *m)
{
	struct vbc_node_disks disks = {.machine = ref};
	struct vbc_refs refs = {0};
	int code = vbc_IMachine_getMediumAttachments(op, ref, &disks.all);

	if (!code)
		code = vbc_node_first_disk(op, &disks);
	m->taken = disks.all;
	m->system = disks.first;
	if (!code)
		code = vbc_IMachine_getStorageControllers(op, ref, &refs);
	if (code)
		return code;
	m->ref = ref;
	m->controllers = VBC_ARENA_ARRAY(&op->arena, struct controller, refs.n);
	if (!m->controllers)
		return vbc_fail_nomem(&op->error);
	for (; !code && m->n < refs.n; m->n++)
		code = look_at(op, refs.v[m->n], &m->controllers[m->n]);
	return code;
}

static bool is_taken(const struct machine *m, const struct vbc_place *p)
{
	for (size_t i = 0; i < m->taken.n; i++)
		if (streq(m->taken.v[i].controller, p->controller) &&
		    m->taken.v[i].port == p->port && m->taken.v[i].device == p->device)
			return true;
	return false;
}

static bool is_hot(enum vbc_StorageBus bus)
{
	return bus == VBC_StorageBus_SATA;
}

/* The controller of the disk that the machine starts from; NULL where it has none. */
static const struct controller *system_controller(const struct machine *m)
{
	for (size_t i = 0; m->system && i < m->n; i++)
		if (streq(m->controllers[i].name, m->system->controller))
			return &m->controllers[i];
	return NULL;
}

/*
 * Whether a disk on that controller comes behind the one that the machine starts from: the firmware
 * takes the first.
 */
static bool comes_behind(const struct machine *m, const struct controller *c,
			 const struct vbc_place *p)
{
	const struct controller *system = system_controller(m);

	if (!system)
		return true;
	if (vbc_node_bus_rank(c->bus) != vbc_node_bus_rank(system->bus))
		return vbc_node_bus_rank(c->bus) > vbc_node_bus_rank(system->bus);
	if (c != system)
		return c > system;
	return p->port > m->system->port ||
	       (p->port == m->system->port && p->device > m->system->device);
}

static bool find_in(const struct machine *m, const struct controller *c, uint32_t ports,
		    struct vbc_place *ret)
{
	struct vbc_place p = {.controller = c->name, .hot = is_hot(c->bus)};

	for (p.port = 0; p.port < (int32_t)ports; p.port++)
		for (p.device = 0; p.device < (int32_t)c->devices; p.device++)
			if (comes_behind(m, c, &p) && !is_taken(m, &p)) {
				*ret = p;
				return true;
			}
	return false;
}

/* Gives a SATA controller one more port. */
static int add_port(struct vbc_op *op, const struct machine *m, const struct vbc_place *p)
{
	vbc_ref controller = {NULL};
	int code = vbc_IMachine_getStorageControllerByName(op, m->ref, p->controller, &controller);

	return code ? code
		    : vbc_IStorageController_setPortCount(op, controller, (uint32_t)p->port + 1);
}

static int find_place(struct vbc_op *op, const struct machine *m, bool running,
		      struct vbc_place *ret)
{
	for (size_t b = 0; b < VBC_COUNT(buses); b++) {
		for (size_t i = 0; i < m->n; i++) {
			const struct controller *c = &m->controllers[i];

			if (c->bus != buses[b] || (running && !is_hot(c->bus)))
				continue;
			if (find_in(m, c, c->ports, ret))
				return VBC_OK;
			if (!running && find_in(m, c, c->max_ports, ret))
				return add_port(op, m, ret);
		}
	}
	ret->controller = NULL;
	return VBC_OK;
}

static bool has_bus(const struct machine *m, enum vbc_StorageBus bus)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->controllers[i].bus == bus)
			return true;
	return false;
}

/* A machine can have one controller of each bus for certain. */
static int add_controller(struct vbc_op *op, const struct machine *m, struct vbc_place *ret)
{
	static const enum vbc_StorageBus new[] = {VBC_StorageBus_SATA, VBC_StorageBus_SCSI,
						  VBC_StorageBus_SAS};
	const struct controller *system = system_controller(m);
	vbc_ref controller = {NULL};
	size_t i = 0;

	while (i < VBC_COUNT(new) && has_bus(m, new[i]))
		i++;
	if (system && vbc_node_bus_rank(system->bus) > vbc_node_bus_rank(new[0]))
		return vbc_fail(&op->error, VBC_E_STATE,
				"the node starts from a disk on its %s controller, and would start "
				"from the volume on any other; attach that disk elsewhere first",
				vbc_enum_name(VBC_ENUM_StorageBus, (int)system->bus));
	if (i == VBC_COUNT(new))
		return vbc_fail(&op->error, VBC_E_STATE,
				"the storage controllers of the node have no place left behind "
				"the disk that it starts from");
	ret->controller = vbc_arena_printf(&op->arena, "%s volumes",
					   vbc_enum_name(VBC_ENUM_StorageBus, (int)new[i]));
	ret->hot = is_hot(new[i]);
	return ret->controller ? vbc_IMachine_addStorageController(op, m->ref, ret->controller,
								   new[i], &controller)
			       : vbc_fail_nomem(&op->error);
}

int vbc_volume_place(struct vbc_op *op, vbc_ref machine, bool running, struct vbc_place *ret)
{
	struct machine m = {.n = 0};
	int code = look(op, machine, &m);

	if (!code)
		code = find_place(op, &m, running, ret);
	if (!code && !ret->controller && running)
		code = vbc_fail(
			&op->error, VBC_E_STATE,
			"the node has no free port on a SATA controller behind the disk that it "
			"starts from, and only there can a disk be plugged while it runs; stop it "
			"first");
	if (!code && !ret->controller)
		code = add_controller(op, &m, ret);
	return code;
}

int vbc_volume_plug(struct vbc_op *op, vbc_ref machine, bool running, vbc_ref medium)
{
	struct vbc_place place = {.controller = NULL};
	int code = vbc_volume_place(op, machine, running, &place);

	/* What is plugged while it runs can be pulled without being marked so. */
	place.hot = place.hot && !running;
	return code ? code : vbc_medium_attach(op, machine, &place, medium);
}

int vbc_volume_lock(struct vbc_op *op, vbc_ref machine, const char *id, const char *name,
		    struct vbc_lock *ret_lock, bool *ret_running)
{
	enum vbc_MachineState at = VBC_MachineState_Unknown;
	int code = vbc_IMachine_getState(op, machine, &at);
	enum vbc_node_state state = vbc_node_state_from(at);
	bool running = state == VBC_NODE_RUNNING || state == VBC_NODE_PAUSED;

	if (code)
		return code;
	if (!running && state != VBC_NODE_STOPPED)
		return vbc_fail(&op->error, VBC_E_STATE,
				"the disks of node '%s' cannot be changed: it is %s", name,
				vbc_node_state_name(state));
	code = vbc_lock_take(op, machine, id, running ? VBC_LockType_Shared : VBC_LockType_Write,
			     ret_lock);
	if (!code)
		*ret_running = running;
	return code;
}

struct job {
	const char *volume, *node;
};

/* Two clients may have attached it at once, each to another node: then neither keeps it. */
static int check_alone(struct vbc_op *op, const struct vbc_disk *disk, const struct vbc_found *node,
		       vbc_ref machine)
{
	struct vbc_disk now = *disk;
	struct vbc_volume_use use;
	int code = vbc_IMedium_getMachineIds(op, disk->medium, &now.machines);

	if (code || now.machines.n < 2)
		return code;
	now.machines = (struct vbc_strs){.n = 1, .v = &node->id};
	code = vbc_volume_use(op, &now, &use);
	if (!code)
		code = vbc_medium_detach(op, machine, &use.place);
	return code ? code
		    : vbc_fail(&op->error, VBC_E_BUSY,
			       "volume '%s' was attached to another node at the same moment",
			       vbc_disk_name(op, disk));
}

static int attach(struct vbc_op *op, const struct vbc_disk *disk, const struct vbc_found *node)
{
	struct vbc_lock lock = {0};
	bool running = false;
	int code = vbc_volume_lock(op, node->machine, node->id, node->name, &lock, &running);

	if (!code)
		code = vbc_volume_plug(op, lock.machine, running, disk->medium);
	if (!code)
		code = check_alone(op, disk, node, lock.machine);
	vbc_lock_drop(op, &lock);
	return code;
}

static int attach_body(struct vbc_op *op, void *arg)
{
	const struct job *job = arg;
	struct vbc_found node = {0};
	struct vbc_volume_use use;
	struct vbc_disk disk;
	int code = vbc_volume_find(op, job->volume, &disk);

	if (!code)
		code = vbc_node_find(op, job->node, &node);
	if (!code)
		code = vbc_volume_use(op, &disk, &use);
	if (code)
		return code;
	if (streq(use.machine_id, node.id) && use.place.controller[0])
		return VBC_OK;
	if (use.machine_id[0])
		return vbc_volume_fail_attached(op, VBC_E_BUSY, &disk, &use,
						"; detach it there first");
	code = attach(op, &disk, &node);
	return vbc_error_prefix(&op->error, code, "cannot attach volume '%s' to node '%s'",
				job->volume, job->node);
}

int vbc_volume_attach(struct vbc_host *host, const char *volume, const char *node,
		      struct vbc_error *err)
{
	if (vbc_lacks(err, host, volume, node))
		return VBC_E_ARG;

	struct job job = {.volume = volume, .node = node};

	return vbc_op_run(host, &vbc_op_brief, err, attach_body, &job);
}

static int detach(struct vbc_op *op, const struct vbc_volume_use *use)
{
	struct vbc_lock lock = {0};
	const char *name = "";
	bool running = false;
	int code = vbc_node_name(op, use->machine, use->machine_id, &name);

	if (!code)
		code = vbc_volume_lock(op, use->machine, use->machine_id, name, &lock, &running);
	if (!code && running && !use->place.hot)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"node '%s' runs, and it is plugged where VirtualBox cannot pull it "
				"meanwhile (%s %d:%d); stop the node first",
				name, use->place.controller, use->place.port, use->place.device);
	if (!code)
		code = vbc_medium_detach(op, lock.machine, &use->place);
	vbc_lock_drop(op, &lock);
	return code;
}

/* Its node may be destroyed meanwhile, which detaches it, too. */
static bool is_free(struct vbc_op *op, const struct vbc_disk *disk)
{
	struct vbc_error first = vbc_op_try(op);
	struct vbc_strs machines = {0};
	int code = vbc_IMedium_getMachineIds(op, disk->medium, &machines);

	vbc_op_try_end(op, &first);
	return !code && !machines.n;
}

static int detach_body(struct vbc_op *op, void *arg)
{
	const struct job *job = arg;
	struct vbc_volume_use use;
	struct vbc_disk disk;
	int code = vbc_volume_find(op, job->volume, &disk);

	if (!code)
		code = vbc_volume_use_found(op, &disk, &use);
	if (code || !use.machine_id[0])
		return code;
	if (vbc_volume_in_snapshot(&disk, &use))
		return vbc_volume_fail_in_snapshot(op, &disk, &use);
	code = detach(op, &use);
	if (code && is_free(op, &disk)) {
		op->error = (struct vbc_error){0};
		return VBC_OK;
	}
	return vbc_error_prefix(&op->error, code, "cannot detach volume '%s'", job->volume);
}

int vbc_volume_detach(struct vbc_host *host, const char *volume, struct vbc_error *err)
{
	if (vbc_lacks(err, host, volume))
		return VBC_E_ARG;

	struct job job = {.volume = volume};

	return vbc_op_run(host, &vbc_op_brief, err, detach_body, &job);
}
