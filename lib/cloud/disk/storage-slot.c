/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The places of disks on the storage controllers of a machine: which is the next free one.
 */
#include "disk/storage-slot.h"

#include "base/str.h"
#include "disk/attachment.h"
#include "machine/boot-disk.h"

/* More than VirtualBox has: a host may say any numbers, and places are tried one by one. */
#define PORTS_MAX   256
#define DEVICES_MAX 16

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

static uint32_t slot_at_most(uint32_t n, uint32_t most)
{
	return n < most ? n : most;
}

static int slot_read_controller(struct vbc_op *op, vbc_ref ref, struct controller *c)
{
	int code = vbc_IStorageController_getName(op, ref, &c->name);

	if (!code)
		code = vbc_IStorageController_getBus(op, ref, &c->bus);
	if (!code)
		code = vbc_IStorageController_getPortCount(op, ref, &c->ports);
	if (!code)
		code = vbc_IStorageController_getMaxPortCount(op, ref, &c->max_ports);
	if (!code)
		code = vbc_IStorageController_getMaxDevicesPerPortCount(op, ref, &c->devices);
	c->ports = slot_at_most(c->ports, PORTS_MAX);
	c->max_ports = slot_at_most(c->max_ports, PORTS_MAX);
	c->devices = slot_at_most(c->devices, DEVICES_MAX);
	return code;
}

static int slot_read_machine(struct vbc_op *op, vbc_ref ref, struct machine *m)
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
		code = slot_read_controller(op, refs.v[m->n], &m->controllers[m->n]);
	return code;
}

static bool slot_is_taken(const struct machine *m, const struct vbc_storage_slot *p)
{
	for (size_t i = 0; i < m->taken.n; i++)
		if (streq(m->taken.v[i].controller, p->controller) &&
		    m->taken.v[i].port == p->port && m->taken.v[i].device == p->device)
			return true;
	return false;
}

static bool slot_bus_is_hot(enum vbc_StorageBus bus)
{
	return bus == VBC_StorageBus_SATA;
}

/* The controller of the disk that the machine starts from; NULL where it has none. */
static const struct controller *slot_system_controller(const struct machine *m)
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
static bool slot_comes_behind(const struct machine *m, const struct controller *c,
			      const struct vbc_storage_slot *p)
{
	const struct controller *system = slot_system_controller(m);

	if (!system)
		return true;
	if (vbc_node_bus_rank(c->bus) != vbc_node_bus_rank(system->bus))
		return vbc_node_bus_rank(c->bus) > vbc_node_bus_rank(system->bus);
	if (c != system)
		return c > system;
	return p->port > m->system->port ||
	       (p->port == m->system->port && p->device > m->system->device);
}

static bool slot_find_in_controller(const struct machine *m, const struct controller *c,
				    uint32_t ports, struct vbc_storage_slot *ret)
{
	struct vbc_storage_slot p = {.controller = c->name, .hot = slot_bus_is_hot(c->bus)};

	for (p.port = 0; p.port < (int32_t)ports; p.port++)
		for (p.device = 0; p.device < (int32_t)c->devices; p.device++)
			if (slot_comes_behind(m, c, &p) && !slot_is_taken(m, &p)) {
				*ret = p;
				return true;
			}
	return false;
}

/* Gives a SATA controller one more port. */
static int slot_add_port(struct vbc_op *op, const struct machine *m,
			 const struct vbc_storage_slot *p)
{
	vbc_ref controller = {NULL};
	int code = vbc_IMachine_getStorageControllerByName(op, m->ref, p->controller, &controller);

	return code ? code
		    : vbc_IStorageController_setPortCount(op, controller, (uint32_t)p->port + 1);
}

static int slot_find_free(struct vbc_op *op, const struct machine *m, bool running,
			  struct vbc_storage_slot *ret)
{
	for (size_t b = 0; b < VBC_COUNT(buses); b++) {
		for (size_t i = 0; i < m->n; i++) {
			const struct controller *c = &m->controllers[i];

			if (c->bus != buses[b] || (running && !slot_bus_is_hot(c->bus)))
				continue;
			if (slot_find_in_controller(m, c, c->ports, ret))
				return VBC_OK;
			if (!running && slot_find_in_controller(m, c, c->max_ports, ret))
				return slot_add_port(op, m, ret);
		}
	}
	ret->controller = NULL;
	return VBC_OK;
}

static bool slot_has_bus(const struct machine *m, enum vbc_StorageBus bus)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->controllers[i].bus == bus)
			return true;
	return false;
}

/* A machine can have one controller of each bus for certain. */
static int slot_add_controller(struct vbc_op *op, const struct machine *m,
			       struct vbc_storage_slot *ret)
{
	static const enum vbc_StorageBus new[] = {VBC_StorageBus_SATA, VBC_StorageBus_SCSI,
						  VBC_StorageBus_SAS};
	const struct controller *system = slot_system_controller(m);
	vbc_ref controller = {NULL};
	size_t i = 0;

	while (i < VBC_COUNT(new) && slot_has_bus(m, new[i]))
		i++;
	if (system && vbc_node_bus_rank(system->bus) > vbc_node_bus_rank(new[0]))
		return vbc_fail(&op->error, VBC_E_STATE,
				"the node starts from a disk on its %s controller, and would start "
				"from the volume on any other; attach that disk elsewhere first",
				vbc_enum_name(VBC_ENUM_StorageBus, (int)system->bus));
	if (i == VBC_COUNT(new))
		return vbc_fail(&op->error, VBC_E_STATE,
				"the storage controllers of the node have no free slot after the "
				"disk that it starts from");
	ret->controller = vbc_arena_printf(&op->arena, "%s volumes",
					   vbc_enum_name(VBC_ENUM_StorageBus, (int)new[i]));
	ret->hot = slot_bus_is_hot(new[i]);
	return ret->controller ? vbc_IMachine_addStorageController(op, m->ref, ret->controller,
								   new[i], &controller)
			       : vbc_fail_nomem(&op->error);
}

int vbc_storage_slot_find(struct vbc_op *op, vbc_ref machine, bool running,
			  struct vbc_storage_slot *ret)
{
	struct machine m = {.n = 0};
	int code = slot_read_machine(op, machine, &m);

	if (!code)
		code = slot_find_free(op, &m, running, ret);
	if (!code && !ret->controller && running)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"the node has no free port on a SATA controller after the disk "
				"that it starts from, and a disk can be attached to a running node "
				"only there; stop it first");
	if (!code && !ret->controller)
		code = slot_add_controller(op, &m, ret);
	return code;
}

int vbc_storage_slot_plug(struct vbc_op *op, vbc_ref machine, bool running, vbc_ref medium)
{
	struct vbc_storage_slot place = {.controller = NULL};
	int code = vbc_storage_slot_find(op, machine, running, &place);

	/* What is plugged while it runs can be pulled without being marked so. */
	place.hot = place.hot && !running;
	return code ? code : vbc_medium_attach(op, machine, &place, medium);
}
