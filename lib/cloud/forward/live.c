/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Forwards from ports of the host that another program may have: where any port will do, the next
 * one is tried. The forward of a machine that runs already is replaced by one of the same name; the
 * journal keeps the old one until then.
 */
#include "forward/live.h"

#include "forward/log.h"
#include "forward/port-reconcile.h"
#include "forward/port.h"
#include "journal/work.h"
#include "machine/adapter.h"
#include "machine/nat-rule.h"
#include "machine/node-ref.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

#define ATTEMPTS 5

static bool forward_has_port(struct vbc_op *op, const struct vbc_engine *engine,
			     const struct vbc_redirect *r)
{
	struct vbc_redirect other;

	for (size_t i = 0; i < engine->redirects.n; i++)
		if (vbc_redirect_parse(op, engine->redirects.v[i], &other) &&
		    other.host_port == r->host_port && other.protocol == r->protocol)
			return true;
	return false;
}

/* One that another tool has added to this node has no reservation yet: now it has. */
static int forward_reserve_port(struct vbc_op *op, const char *node,
				const struct vbc_engine *engine, struct vbc_redirect *r,
				unsigned wanted)
{
	int code;

	do {
		code = vbc_port_reserve(op, node, r->protocol, wanted, &r->host_port);
	} while (!code && forward_has_port(op, engine, r));
	return code;
}

static int forward_put_once(struct vbc_op *op, const struct vbc_engine *engine,
			    const struct vbc_redirect *r, bool *ret_refused)
{
	int64_t end = 0;
	int code = engine->running ? vbc_port_log_end(op, engine->machine, &end) : VBC_OK;

	*ret_refused = false;
	if (!code)
		code = vbc_redirect_add(op, engine->ref, r);
	if (!code)
		code = vbc_IMachine_saveSettings(op, engine->machine);
	if (!code && engine->running)
		code = vbc_port_await(op, engine->machine, end, r, ret_refused);
	return code;
}

static int forward_fail_refused(struct vbc_op *op, const struct vbc_redirect *r)
{
	return vbc_port_fail_refused(op, vbc_protocol_name(r->protocol), r->host_port, r->host_ip);
}

int vbc_forward_put(struct vbc_op *op, const char *node, const struct vbc_engine *engine,
		    struct vbc_redirect *r)
{
	const unsigned wanted = r->host_port;
	bool refused = true;
	int code = VBC_OK, attempt;

	for (attempt = 0; !code && refused && attempt < (wanted ? 1 : ATTEMPTS); attempt++) {
		if (attempt)
			code = vbc_INATEngine_removeRedirect(op, engine->ref, r->name);
		if (!code)
			code = forward_reserve_port(op, node, engine, r, wanted);
		if (!code)
			code = forward_put_once(op, engine, r, &refused);
	}
	if (!code && refused)
		code = forward_fail_refused(op, r);
	/* Those that were refused were kept, so that they are not chosen again. */
	return code || attempt == 1 ? code : vbc_port_reconcile(op, node, engine->machine);
}

static int forward_replace_port(struct vbc_op *op, const char *node,
				const struct vbc_engine *engine, struct vbc_redirect *r)
{
	int code = vbc_INATEngine_removeRedirect(op, engine->ref, r->name);

	r->host_port = 0;
	return code ? code : vbc_forward_put(op, node, engine, r);
}

struct replacement {
	const char *node;
	const struct vbc_engine *engine;
	struct vbc_redirect r;
};

static int forward_replace(struct vbc_op *op, void *arg)
{
	struct replacement *p = arg;
	int code = forward_replace_port(op, p->node, p->engine, &p->r);

	return code ? code : vbc_port_reconcile(op, p->node, p->engine->machine);
}

/* The same of a node that stays when this fails. */
static int forward_replace_safely(struct vbc_op *op, const char *node,
				  const struct vbc_engine *engine, const char *was,
				  struct vbc_lock *lock)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct replacement p = {.node = node, .engine = engine};
	const struct vbc_work work = {VBC_WORK_NEW, "forward", NULL, entry, lock};

	if (!entry || !vbc_redirect_parse(op, was, &p.r))
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(entry, VBC_FORWARD_NODE, node);
	vbc_meta_set_str(entry, VBC_FORWARD_NAME, p.r.name);
	vbc_meta_set_int(entry, VBC_FORWARD_ADAPTER, engine->slot);
	vbc_meta_set_str(entry, VBC_FORWARD_WAS, was);
	return vbc_work_run(op, &work, forward_replace, &p);
}

struct start {
	const struct vbc_node_ref *node;
	const char *log;
	struct vbc_lock *lock;
	bool is_new;
};

/* The node runs: that one of its forwards does not is not a failure of its start. */
static int forward_warn_refused(struct vbc_op *op, const struct start *s,
				const struct vbc_redirect *r)
{
	vbc_op_forgive(op);
	vbc_op_log(op, 0,
		   "node '%s' is running, but its forward '%s' is not working: %s; free that port "
		   "and start the node again, or add the forward again from another port",
		   s->node->name, r->name,
		   vbc_port_refusal(op, vbc_protocol_name(r->protocol), r->host_port, r->host_ip));
	return VBC_OK;
}

static int forward_check_started(struct vbc_op *op, const struct start *s,
				 const struct vbc_engine *engine, const char *redirect)
{
	const char *node = s->node->id;
	struct vbc_redirect r;
	bool chosen = false;
	int code;

	if (!vbc_redirect_parse(op, redirect, &r) ||
	    vbc_port_fate(s->log, r.protocol, r.host_port) != VBC_PORT_REFUSED)
		return VBC_OK;
	code = vbc_port_was_chosen(op, node, r.protocol, r.host_port, &chosen);
	if (!code && s->is_new)
		return chosen ? forward_replace_port(op, node, engine, &r)
			      : forward_fail_refused(op, &r);
	if (!code && chosen)
		code = forward_replace_safely(op, node, engine, redirect, s->lock);
	else if (!code)
		code = VBC_E_EXISTS;
	return code == VBC_E_EXISTS ? forward_warn_refused(op, s, &r) : code;
}

static int forward_check_all_started(struct vbc_op *op, const struct start *s)
{
	struct vbc_engine engine = {.running = true};
	struct vbc_adapters adapters = {0};
	int code = vbc_ISession_getMachine(op, s->lock->session, &engine.machine);

	if (!code)
		code = vbc_adapters_get(op, &engine.machine, 1, VBC_ADAPTER_FORWARDS, &adapters);
	for (size_t i = 0; !code && i < adapters.n; i++) {
		const struct vbc_adapter *a = &adapters.v[i];

		engine.ref = a->nat;
		engine.slot = a->slot;
		engine.redirects = a->redirects;
		for (size_t j = 0; !code && s->lock->locked && j < a->redirects.n; j++)
			code = forward_check_started(op, s, &engine, a->redirects.v[j]);
	}
	return code;
}

int vbc_forward_started(struct vbc_op *op, const struct vbc_node_ref *node, struct vbc_lock *lock,
			bool is_new)
{
	struct start s = {.node = node, .log = "", .lock = lock, .is_new = is_new};
	int code = vbc_port_log(op, node->machine, 0, &s.log);

	return code || !vbc_port_refusals(s.log) ? code : forward_check_all_started(op, &s);
}
