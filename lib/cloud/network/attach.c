/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Network adapters, attached and switched off. What is changed under a lock counts when it is
 * saved, and a lock that is left behind is saved as it is: so an adapter is switched on last, and
 * off first.
 */
#include "network/attach.h"

#include "base/given.h"
#include "forward/port-reconcile.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/adapter-slots.h"
#include "machine/adapter.h"
#include "machine/find.h"
#include "machine/lock.h"
#include "machine/nat-rule.h"
#include "machine/network-kind.h"
#include "machine/state-now.h"
#include "network/choice.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

/* In the journal's entry of an adapter that is being switched off. */
#define NODE "node"
#define SLOT "adapter"

static int adapter_set_network(struct vbc_op *op, vbc_ref adapter, enum vbc_network_kind kind,
			       const char *name)
{
	switch (kind) {
	case VBC_NETWORK_KIND_NATNETWORK:
		return vbc_INetworkAdapter_setNATNetwork(op, adapter, name);
	case VBC_NETWORK_KIND_BRIDGED:
		return vbc_INetworkAdapter_setBridgedInterface(op, adapter, name);
	case VBC_NETWORK_KIND_INTERNAL:
		return vbc_INetworkAdapter_setInternalNetwork(op, adapter, name);
	case VBC_NETWORK_KIND_HOSTONLY:
		return vbc_INetworkAdapter_setHostOnlyInterface(op, adapter, name);
	case VBC_NETWORK_KIND_HOSTONLYNET:
		return vbc_INetworkAdapter_setHostOnlyNetwork(op, adapter, name);
	default: return VBC_OK;
	}
}

int vbc_network_plug(struct vbc_op *op, vbc_ref adapter, enum vbc_network_kind kind,
		     const char *name)
{
	int code = adapter_set_network(op, adapter, kind, name);

	if (!code)
		code = vbc_INetworkAdapter_setAttachmentType(op, adapter,
							     vbc_network_kind_to(kind));
	if (!code)
		code = vbc_INetworkAdapter_setCableConnected(op, adapter, true);
	return code ? code : vbc_INetworkAdapter_setEnabled(op, adapter, true);
}

struct job {
	const char *node;
	const struct vbc_network_choice *choice;
	int slot;
	struct vbc_node_ref found;
	struct vbc_lock lock;
	vbc_ref adapter; /* that is switched off */
};

static int network_lock_stopped(struct vbc_op *op, struct job *job)
{
	enum vbc_node_state state;
	int code = vbc_machine_state(op, job->found.machine, &state);

	if (!code && state != VBC_NODE_STATE_STOPPED)
		code = vbc_fail(
			&op->error, VBC_E_STATE,
			"its adapters can be changed only while it is stopped, and it is %s",
			vbc_node_state_name(state));
	return code ? code
		    : vbc_machine_lock_as(op, job->found.machine, job->found.id, state, &job->lock);
}

static bool adapter_is_on(const struct vbc_adapters *on, int slot)
{
	for (size_t i = 0; i < on->n; i++)
		if ((int)on->v[i].slot == slot)
			return true;
	return false;
}

/* The first adapter that is off, or the one that is asked for, if it is. */
static int adapter_find_free(struct vbc_op *op, const struct vbc_adapters *on, int wanted,
			     int *ret_slot)
{
	int slot = wanted < 0 ? 0 : wanted, room = (int)on->slots[0];

	while (wanted < 0 && slot < room && adapter_is_on(on, slot))
		slot++;
	if (wanted >= room)
		return vbc_fail(&op->error, VBC_E_ARG,
				"its network adapters are numbered from 0 to %d", room - 1);
	if (slot == room)
		return vbc_fail(&op->error, VBC_E_STATE,
				"all of its %d network adapters are attached", room);
	if (adapter_is_on(on, slot))
		return vbc_fail(&op->error, VBC_E_EXISTS,
				"its adapter %d is attached already; detach it first", slot);
	*ret_slot = slot;
	return VBC_OK;
}

static int network_attach_locked(struct vbc_op *op, struct job *job, const char *name)
{
	struct vbc_adapters on = {0};
	vbc_ref adapter = {NULL};
	int code = vbc_adapters_get(op, &job->lock.machine, 1, 0, &on);

	if (!code)
		code = adapter_find_free(op, &on, job->slot, &job->slot);
	if (!code)
		code = vbc_IMachine_getNetworkAdapter(op, job->lock.machine, (uint32_t)job->slot,
						      &adapter);
	if (!code)
		code = vbc_network_plug(op, adapter, job->choice->kind, name);
	return code ? code : vbc_IMachine_saveSettings(op, job->lock.machine);
}

static int network_attach_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	const char **names = NULL;
	int code = vbc_node_find(op, job->node, &job->found);

	op->progress.what = "attaching";
	if (!code)
		code = vbc_network_resolve(op, job->choice, 1, &names);
	if (!code)
		code = network_lock_stopped(op, job);
	if (!code)
		code = network_attach_locked(op, job, names[0]);
	vbc_lock_drop(op, &job->lock);
	return vbc_error_prefix(&op->error, code, "cannot attach node '%s'", job->node);
}

int vbc_network_attach(struct vbc_host *host, const char *node,
		       const struct vbc_network_choice *choice,
		       const struct vbc_network_attach_opts *opts, const struct vbc_wait *wait,
		       unsigned *ret_slot, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, choice))
		return VBC_E_ARG;

	struct vbc_network_attach_opts o = VBC_NETWORK_ATTACH_OPTS_INIT;
	struct job job = {.node = node, .choice = choice};
	int code;

	vbc_opts_read(&o, opts);
	job.slot = o.slot;
	if (o.slot >= VBC_ADAPTERS_MAX)
		return vbc_fail(err, VBC_E_ARG, "a node's adapters are numbered from 0 to %d",
				VBC_ADAPTERS_MAX - 1);
	code = vbc_run_recovered(host, wait, err, network_attach_body, &job);
	if (!code && ret_slot)
		*ret_slot = (unsigned)job.slot;
	return code;
}

/* So that they are not there again when the adapter is on NAT again, on ports of others. */
static int detach_remove_forwards(struct vbc_op *op, vbc_ref adapter)
{
	struct vbc_strs redirects = {0};
	struct vbc_redirect r;
	vbc_ref engine = {NULL};
	int code = vbc_INetworkAdapter_getNATEngine(op, adapter, &engine);

	if (!code)
		code = vbc_INATEngine_getRedirects(op, engine, &redirects);
	for (size_t i = 0; !code && i < redirects.n; i++)
		if (vbc_redirect_parse(op, redirects.v[i], &r))
			code = vbc_INATEngine_removeRedirect(op, engine, r.name);
	return code;
}

static int adapter_find_on(struct vbc_op *op, struct job *job)
{
	struct vbc_adapters on = {0};
	int code = vbc_adapters_get(op, &job->lock.machine, 1, 0, &on);

	for (size_t i = 0; !code && i < on.n; i++)
		if ((int)on.v[i].slot == job->slot) {
			job->adapter = on.v[i].ref;
			return VBC_OK;
		}
	return code ? code
		    : vbc_fail(&op->error, VBC_E_NOTFOUND, "its adapter %d is off", job->slot);
}

/* Gives the lock back, and the ports, now or in the journal's undo. */
static int adapter_switch_off(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	int code = vbc_INetworkAdapter_setEnabled(op, job->adapter, false);

	if (!code)
		code = detach_remove_forwards(op, job->adapter);
	if (!code)
		code = vbc_IMachine_saveSettings(op, job->lock.machine);
	vbc_lock_drop(op, &job->lock);
	return code ? code : vbc_port_reconcile(op, job->found.id, job->found.machine);
}

static int network_detach_locked(struct vbc_op *op, struct job *job, struct vbc_meta *entry)
{
	const struct vbc_work work = {VBC_WORK_NEW, "network-detach", NULL, entry, &job->lock};
	int code = adapter_find_on(op, job);

	if (code)
		return code;
	vbc_meta_set_str(entry, NODE, job->found.id);
	vbc_meta_set_int(entry, SLOT, job->slot);
	return vbc_work_run(op, &work, adapter_switch_off, job);
}

static int network_detach_body(struct vbc_op *op, void *arg)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct job *job = arg;
	int code = entry ? vbc_node_find(op, job->node, &job->found) : vbc_fail_nomem(&op->error);

	op->progress.what = "detaching";
	if (!code)
		code = network_lock_stopped(op, job);
	if (!code)
		code = network_detach_locked(op, job, entry);
	vbc_lock_drop(op, &job->lock);
	return vbc_error_prefix(&op->error, code, "cannot detach node '%s'", job->node);
}

int vbc_network_detach(struct vbc_host *host, const char *node, unsigned slot,
		       const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node))
		return VBC_E_ARG;

	struct job job = {.node = node ? node : "",
			  .slot = slot < VBC_ADAPTERS_MAX ? (int)slot : VBC_ADAPTERS_MAX};

	return vbc_run_recovered(host, wait, err, network_detach_body, &job);
}

/* Where the adapter is off already its forwards go too; else nothing has happened. */
static int detach_finish_undo(struct vbc_op *op, const struct vbc_node_ref *node,
			      const struct vbc_meta *entry)
{
	struct job job = {.found = *node, .slot = (int)vbc_meta_int(entry, SLOT)};
	vbc_ref adapter = {NULL};
	bool on = false;
	int code = network_lock_stopped(op, &job);

	if (!code)
		code = vbc_IMachine_getNetworkAdapter(op, job.lock.machine, (uint32_t)job.slot,
						      &adapter);
	if (!code)
		code = vbc_INetworkAdapter_getEnabled(op, adapter, &on);
	if (!code && !on)
		code = detach_remove_forwards(op, adapter);
	if (!code && !on)
		code = vbc_IMachine_saveSettings(op, job.lock.machine);
	vbc_lock_drop(op, &job.lock);
	return code;
}

int vbc_network_detach_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	(void)id;
	return vbc_port_undo(op, vbc_meta_str(entry, NODE), entry, detach_finish_undo);
}
