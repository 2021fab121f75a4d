/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Adding and removing port forwards, while the node is stopped or runs. The journal names the
 * forward; its undo removes it, whichever of the two was interrupted: what was to be added is not
 * there, and what was to go is gone. One that was to be replaced is there again.
 */
#include "forward/change.h"

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "forward/live.h"
#include "forward/port-reconcile.h"
#include "forward/port.h"
#include "forward/request.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/adapter.h"
#include "machine/find.h"
#include "machine/lock.h"
#include "machine/nat-rule.h"
#include "machine/state-now.h"
#include "machine/state.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

struct change {
	const char *node_id_or_name;
	struct vbc_node_ref node;
	struct vbc_lock lock;
	struct vbc_engine engine;
	struct vbc_redirect r;
	/* Whether it can be done, and doing it; under the lock. */
	int (*check)(struct vbc_op *op, struct change *c);
	int (*make)(struct vbc_op *op, struct change *c);
	struct vbc_forward *result;
};

static int forward_lock_node(struct vbc_op *op, vbc_ref machine, const char *id,
			     struct vbc_lock *lock, bool *ret_running)
{
	enum vbc_node_state state;
	int code = vbc_machine_state(op, machine, &state);

	if (code)
		return code;
	*ret_running = vbc_state_is_up(state);
	if (!*ret_running && state != VBC_NODE_STATE_STOPPED && state != VBC_NODE_STATE_SUSPENDED)
		return vbc_fail(&op->error, VBC_E_STATE,
				"the node is %s; wait until it has finished",
				vbc_node_state_name(state));
	return vbc_machine_lock_as(op, machine, id, state, lock);
}

/* Finds the forward of a name among those of an engine. */
static bool forward_find_redirect(struct vbc_op *op, const struct vbc_strs *redirects,
				  const char *name, struct vbc_redirect *ret)
{
	for (size_t i = 0; i < redirects->n; i++)
		if (vbc_redirect_parse(op, redirects->v[i], ret) && streq(ret->name, name))
			return true;
	return false;
}

/*
 * Finds the engine that has a forward of this name (r is filled in), or without a name the one of
 * the adapter ret->slot, of the machine ret->machine. Without one, ret->ref stays null.
 */
static int forward_find_engine(struct vbc_op *op, const char *name, struct vbc_engine *ret,
			       struct vbc_redirect *r)
{
	struct vbc_adapters adapters = {0};
	int code = vbc_adapters_get(op, &ret->machine, 1, VBC_ADAPTER_FORWARDS, &adapters);

	if (!code && !name && ret->slot >= adapters.slots[0])
		code = vbc_fail(&op->error, VBC_E_ARG,
				"its network adapters are numbered from 0 to %u",
				adapters.slots[0] - 1);
	for (size_t i = 0; !code && i < adapters.n && vbc_ref_is_null(ret->ref); i++) {
		const struct vbc_adapter *a = &adapters.v[i];

		if (name ? !forward_find_redirect(op, &a->redirects, name, r)
			 : a->slot != ret->slot)
			continue;
		ret->ref = a->nat;
		ret->slot = a->slot;
		ret->redirects = a->redirects;
	}
	return code;
}

static int forward_change_locked(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	int code = c->make(op, c);

	vbc_lock_drop(op, &c->lock);
	return code;
}

/* As the journal's entry; the lock is given back before that ends, or is undone. */
static int forward_change_recorded(struct vbc_op *op, struct change *c, struct vbc_meta *entry)
{
	const struct vbc_work work = {VBC_WORK_NEW, "forward", NULL, entry, &c->lock};

	vbc_meta_set_str(entry, VBC_FORWARD_NODE, c->node.id);
	vbc_meta_set_str(entry, VBC_FORWARD_NAME, c->r.name);
	return vbc_work_run(op, &work, forward_change_locked, c);
}

/* Finds the node, locks it, checks that it can be done, and does it. */
static int forward_run_locked(struct vbc_op *op, struct change *c)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? vbc_node_find(op, c->node_id_or_name, &c->node)
			 : vbc_fail_nomem(&op->error);

	if (!code)
		code = forward_lock_node(op, c->node.machine, c->node.id, &c->lock,
					 &c->engine.running);
	if (code)
		return code;
	c->engine.machine = c->lock.machine;
	c->engine.ref = (vbc_ref){NULL};
	code = c->check(op, c);
	if (!code)
		code = forward_change_recorded(op, c, entry);
	vbc_lock_drop(op, &c->lock);
	return code;
}

static int forward_remove_from(struct vbc_op *op, const struct vbc_engine *e, const char *name)
{
	int code = vbc_INATEngine_removeRedirect(op, e->ref, name);

	return code ? code : vbc_IMachine_saveSettings(op, e->machine);
}

/* Puts a forward back that was to be replaced, from the port that was chosen for it. */
static int forward_put_back(struct vbc_op *op, struct vbc_engine *e, const struct vbc_meta *entry)
{
	const char *node = vbc_meta_str(entry, VBC_FORWARD_NODE);
	struct vbc_redirect r;
	int code;

	if (!vbc_redirect_parse(op, vbc_meta_str(entry, VBC_FORWARD_WAS), &r))
		return VBC_OK;
	e->ref = (vbc_ref){NULL};
	e->slot = (unsigned)vbc_meta_int(entry, VBC_FORWARD_ADAPTER);
	code = forward_find_engine(op, NULL, e, NULL);
	if (code || vbc_ref_is_null(e->ref))
		return code;
	code = vbc_port_write(op, vbc_port_id(op, node, r.protocol, r.host_port), true);
	if (!code)
		code = vbc_redirect_add(op, e->ref, &r);
	return code ? code : vbc_IMachine_saveSettings(op, e->machine);
}

/* Removes the forward that an entry names, if it is there. */
static int forward_remove_named(struct vbc_op *op, const struct vbc_node_ref *node,
				const struct vbc_meta *entry)
{
	const char *name = vbc_meta_str(entry, VBC_FORWARD_NAME);
	struct vbc_lock lock = {0};
	struct vbc_engine e = {.slot = 0};
	struct vbc_redirect r = {.name = ""};
	int code = forward_lock_node(op, node->machine, node->id, &lock, &e.running);

	e.machine = lock.machine;
	if (!code)
		code = forward_find_engine(op, name, &e, &r);
	if (!code && !vbc_ref_is_null(e.ref))
		code = forward_remove_from(op, &e, name);
	if (!code)
		code = forward_put_back(op, &e, entry);
	vbc_lock_drop(op, &lock);
	return code;
}

int vbc_forward_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	(void)id;
	return vbc_port_undo(op, vbc_meta_str(entry, VBC_FORWARD_NODE), entry,
			     forward_remove_named);
}

/* What the node forwards already. */
static int forward_check_own(struct vbc_op *op, const struct change *c)
{
	struct vbc_redirect other;

	for (size_t i = 0; i < c->engine.redirects.n; i++) {
		if (!vbc_redirect_parse(op, c->engine.redirects.v[i], &other))
			continue;
		if (streq(other.name, c->r.name))
			return vbc_fail_hint(&op->error, VBC_E_EXISTS, VBC_HINT_FORWARD_NAME,
					     "it has a forward '%s' already", other.name);
		if (other.host_port == c->r.host_port && other.protocol == c->r.protocol)
			return vbc_fail(&op->error, VBC_E_EXISTS,
					"its forward '%s' already uses port %u of the host",
					other.name, other.host_port);
	}
	return VBC_OK;
}

static int forward_make_result(struct vbc_op *op, struct change *c)
{
	c->result = vbc_result_new(&op->results, sizeof(*c->result));
	if (c->result && vbc_forward_fill(vbc_result_arena(c->result), c->node.id, c->engine.slot,
					  &c->r, c->result))
		return VBC_OK;
	return vbc_fail_nomem(&op->error);
}

static int forward_check_new(struct vbc_op *op, struct change *c)
{
	int code = forward_find_engine(op, NULL, &c->engine, NULL);

	if (!code && vbc_ref_is_null(c->engine.ref))
		code = vbc_fail(&op->error, VBC_E_STATE,
				"its network adapter %u is not on NAT, and ports can be forwarded "
				"only to adapters that are",
				c->engine.slot);
	return code ? code : forward_check_own(op, c);
}

static int forward_add(struct vbc_op *op, struct change *c)
{
	int code = vbc_forward_put(op, c->node.id, &c->engine, &c->r);

	return code ? code : forward_make_result(op, c);
}

static int forward_add_body(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	int code;

	op->progress.what = "adding the forward";
	code = forward_run_locked(op, c);
	return vbc_error_prefix(&op->error, code, "cannot add a forward to node '%s'",
				c->node_id_or_name);
}

int vbc_forward_add(struct vbc_host *host, const char *node,
		    const struct vbc_forward_add_opts *opts, const struct vbc_wait *wait,
		    struct vbc_forward **ret_forward, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, opts, ret_forward))
		return VBC_E_ARG;

	struct change c = {.node_id_or_name = node ? node : "",
			   .check = forward_check_new,
			   .make = forward_add};
	struct vbc_forward_request request;
	int code = vbc_forward_read_request(opts, &request, err);

	c.engine.slot = request.slot;
	c.r = request.r;
	if (!code)
		code = vbc_run_recovered(host, wait, err, forward_add_body, &c);
	if (!code)
		*ret_forward = c.result;
	return code;
}

static int forward_check_there(struct vbc_op *op, struct change *c)
{
	const char *name = c->r.name;
	int code = forward_find_engine(op, name, &c->engine, &c->r);

	if (!code && vbc_ref_is_null(c->engine.ref))
		code = vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_LIST_FORWARDS,
				     "it has no forward '%s'", name);
	return code;
}

static int forward_delete(struct vbc_op *op, struct change *c)
{
	int code = forward_remove_from(op, &c->engine, c->r.name);

	return code ? code : vbc_port_free(op, c->node.id, c->r.protocol, c->r.host_port);
}

static int forward_delete_body(struct vbc_op *op, void *arg)
{
	struct change *c = arg;

	op->progress.what = "deleting the forward";
	return vbc_error_prefix(&op->error, forward_run_locked(op, c),
				"cannot delete a forward of node '%s'", c->node_id_or_name);
}

int vbc_forward_delete(struct vbc_host *host, const char *node, const char *name,
		       const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, name))
		return VBC_E_ARG;

	struct change c = {.node_id_or_name = node ? node : "",
			   .r = {.name = name ? name : ""},
			   .check = forward_check_there,
			   .make = forward_delete};

	return vbc_run_recovered(host, wait, err, forward_delete_body, &c);
}
