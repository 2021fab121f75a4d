/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Adding and removing port forwards, while the node is stopped or runs. The journal names the
 * forward; its undo removes it, whichever of the two was interrupted: what was to be added is not
 * there, and what was to go is gone.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "forward-private.h"
#include "name.h"
#include "node-private.h"
#include "result.h"
#include "str.h"

/* The NAT engine of one of a machine's adapters, and what it forwards. */
struct engine {
	vbc_ref ref;
	unsigned slot;
	struct vbc_strs redirects;
};

struct change {
	const char *node_id_or_name;
	struct vbc_found node;
	struct vbc_lock lock;
	struct engine engine;
	struct vbc_redirect r;
	char id[37]; /* of the journal's entry */
	struct vbc_forward *result;
};

static int lock_node(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_lock *lock)
{
	enum vbc_MachineState at = VBC_MachineState_Unknown;
	int code = vbc_IMachine_getState(op, machine, &at);
	enum vbc_node_state state = vbc_node_state_from(at);
	bool running = state == VBC_NODE_RUNNING || state == VBC_NODE_PAUSED;

	if (code)
		return code;
	if (!running && state != VBC_NODE_STOPPED && state != VBC_NODE_SUSPENDED)
		return vbc_fail(&op->error, VBC_E_STATE, "the node is %s; wait until that is over",
				vbc_node_state_name(state));
	return vbc_lock_take(op, machine, id, running ? VBC_LockType_Shared : VBC_LockType_Write,
			     lock);
}

static bool has(struct vbc_op *op, const struct engine *e, const char *name,
		struct vbc_redirect *ret)
{
	for (size_t i = 0; i < e->redirects.n; i++)
		if (vbc_redirect_parse(op, e->redirects.v[i], ret) && streq(ret->name, name))
			return true;
	return false;
}

/* Finds the forward of a name on a machine; without one, ret->ref stays null. */
static int find(struct vbc_op *op, vbc_ref machine, const char *name, struct engine *ret,
		struct vbc_redirect *ret_redirect)
{
	struct vbc_adapters adapters = {0};
	int code = vbc_adapters_get(op, &machine, 1, VBC_ADAPTER_FORWARDS, &adapters);

	for (size_t i = 0; !code && i < adapters.n && vbc_ref_is_null(ret->ref); i++) {
		const struct vbc_adapter *a = &adapters.v[i];
		const struct engine e = {.ref = a->nat, .slot = a->slot, .redirects = a->redirects};

		if (has(op, &e, name, ret_redirect))
			*ret = e;
	}
	return code;
}

static int begin(struct vbc_op *op, struct change *c, struct vbc_meta *entry)
{
	vbc_meta_set_str(entry, "node", c->node.id);
	vbc_meta_set_str(entry, "name", c->r.name);
	if (!vbc_uuid_new(c->id))
		return vbc_fail(&op->error, VBC_E_NOMEM, "this system has no random numbers");
	return vbc_doing_begin(op, "forward", c->id, entry);
}

/* Gives the lock back, then ends the journal's entry, or undoes what it tells of. */
static int end(struct vbc_op *op, struct change *c, const struct vbc_meta *entry, int code)
{
	vbc_lock_drop(op, &c->lock);
	if (!code && c->id[0])
		code = vbc_doing_end(op, c->id);
	if (code && c->id[0])
		vbc_doing_undo(op, c->id, entry);
	return code;
}

static int remove_from(struct vbc_op *op, const struct engine *e, vbc_ref machine, const char *name)
{
	int code = vbc_INATEngine_removeRedirect(op, e->ref, name);

	return code ? code : vbc_IMachine_saveSettings(op, machine);
}

/* Removes the forward that an entry names, if it is there. */
static int remove_named(struct vbc_op *op, vbc_ref machine, const struct vbc_meta *entry)
{
	const char *name = vbc_meta_str(entry, "name");
	struct vbc_lock lock = {0};
	struct engine e = {.slot = 0};
	struct vbc_redirect r = {.name = ""};
	int code = lock_node(op, machine, vbc_meta_str(entry, "node"), &lock);

	if (!code)
		code = find(op, lock.machine, name, &e, &r);
	if (!code && !vbc_ref_is_null(e.ref))
		code = remove_from(op, &e, lock.machine, name);
	vbc_lock_drop(op, &lock);
	return code;
}

int vbc_forward_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	const char *node = vbc_meta_str(entry, "node");
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, node, &machine);

	(void)id;
	if (!code && vbc_ref_is_null(machine))
		return vbc_port_free_all(op, node);
	if (!code)
		code = remove_named(op, machine, entry);
	return code ? code : vbc_port_settle(op, node, machine);
}

/* The adapter that a forward is to be added to. */
static int find_engine(struct vbc_op *op, vbc_ref machine, unsigned slot, struct engine *ret)
{
	struct vbc_adapters adapters = {0};
	int code = vbc_adapters_get(op, &machine, 1, VBC_ADAPTER_FORWARDS, &adapters);

	for (size_t i = 0; !code && i < adapters.n; i++) {
		const struct vbc_adapter *a = &adapters.v[i];

		if (a->slot == slot && !vbc_ref_is_null(a->nat)) {
			*ret = (struct engine){
				.ref = a->nat, .slot = slot, .redirects = a->redirects};
			return VBC_OK;
		}
	}
	return code ? code
		    : vbc_fail(
			      &op->error, VBC_E_STATE,
			      "its network adapter %u is not on NAT, and only from there can ports "
			      "be forwarded",
			      slot);
}

static bool has_port(struct vbc_op *op, const struct change *c)
{
	struct vbc_redirect other;

	for (size_t i = 0; i < c->engine.redirects.n; i++)
		if (vbc_redirect_parse(op, c->engine.redirects.v[i], &other) &&
		    other.host_port == c->r.host_port && other.protocol == c->r.protocol)
			return true;
	return false;
}

/* One that another tool has added to this node has no reservation yet: now it has. */
static int reserve(struct vbc_op *op, struct change *c)
{
	unsigned wanted = c->r.host_port;
	int code;

	do {
		code = vbc_port_reserve(op, c->node.id, c->r.protocol, wanted, &c->r.host_port);
	} while (!code && has_port(op, c));
	return code;
}

/* What the node forwards already. */
static int check_own(struct vbc_op *op, const struct change *c)
{
	struct vbc_redirect other;

	for (size_t i = 0; i < c->engine.redirects.n; i++) {
		if (!vbc_redirect_parse(op, c->engine.redirects.v[i], &other))
			continue;
		if (streq(other.name, c->r.name))
			return vbc_fail(&op->error, VBC_E_EXISTS,
					"it has a forward '%s' already: give another --name",
					other.name);
		if (other.host_port == c->r.host_port && other.protocol == c->r.protocol)
			return vbc_fail(&op->error, VBC_E_EXISTS,
					"its forward '%s' has port %u of the host already",
					other.name, other.host_port);
	}
	return VBC_OK;
}

static int make_result(struct vbc_op *op, struct change *c)
{
	c->result = vbc_result_new(sizeof(*c->result));
	if (c->result && vbc_forward_fill(vbc_result_arena(c->result), c->node.id, c->engine.slot,
					  &c->r, c->result))
		return VBC_OK;
	vbc_forward_free(vbc_steal(c->result));
	return vbc_fail_nomem(&op->error);
}

static int add_locked(struct vbc_op *op, struct change *c, struct vbc_meta *entry)
{
	int code = find_engine(op, c->lock.machine, c->engine.slot, &c->engine);

	if (!code)
		code = check_own(op, c);
	if (!code)
		code = begin(op, c, entry);
	if (!code)
		code = reserve(op, c);
	if (!code)
		code = vbc_redirect_add(op, c->engine.ref, &c->r);
	if (!code)
		code = vbc_IMachine_saveSettings(op, c->lock.machine);
	return code ? code : make_result(op, c);
}

static int add_body(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? vbc_node_find(op, c->node_id_or_name, &c->node)
			 : vbc_fail_nomem(&op->error);

	if (!code)
		code = lock_node(op, c->node.machine, c->node.id, &c->lock);
	if (!code)
		code = end(op, c, entry, add_locked(op, c, entry));
	if (code)
		vbc_forward_free(vbc_steal(c->result));
	return vbc_error_prefix(&op->error, code, "cannot add a forward to node '%s'",
				c->node_id_or_name);
}

static int check_address(const char *which, const char *ip, struct vbc_error *err)
{
	struct in_addr address;

	return !ip[0] || inet_pton(AF_INET, ip, &address) == 1
		       ? VBC_OK
		       : vbc_fail(err, VBC_E_ARG, "'%s' is no IPv4 address for the %s", ip, which);
}

/* What can be judged without a host. VirtualBox itself takes any port and any address. */
static int check_words(const struct vbc_forward_add_opts *o, const struct vbc_redirect *r,
		       struct vbc_error *err)
{
	int code = vbc_name_check("forward", r->name, err);

	if (!code && strchr(r->name, ','))
		code = vbc_fail(err, VBC_E_ARG, "the name of a forward cannot hold a comma");
	if (!code && o->protocol && !streq(o->protocol, "tcp") && !streq(o->protocol, "udp"))
		code = vbc_fail(err, VBC_E_ARG, "protocol '%s' is neither tcp nor udp",
				o->protocol);
	if (!code && (r->guest_port < 1 || r->guest_port > 65535))
		code = vbc_fail(err, VBC_E_ARG, "the guest's port must be 1 to 65535, not %u",
				r->guest_port);
	if (!code && r->host_port > 65535)
		code = vbc_fail(err, VBC_E_ARG, "the host's port must be 1 to 65535, not %u",
				r->host_port);
	if (!code && o->adapter >= VBC_ADAPTERS)
		code = vbc_fail(err, VBC_E_ARG, "a node's adapters are 0 to %d", VBC_ADAPTERS - 1);
	if (!code)
		code = check_address("host", r->host_ip, err);
	return code ? code : check_address("guest", r->guest_ip, err);
}

int vbc_forward_read(const struct vbc_forward_add_opts *opts, struct vbc_forward_wish *ret,
		     struct vbc_error *err)
{
	struct vbc_forward_add_opts o = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_redirect *r = &ret->r;

	if (opts) /* an older program's struct is shorter */
		memcpy(&o, opts, opts->size < sizeof(o) ? opts->size : sizeof(o));
	snprintf(ret->name, sizeof(ret->name), "%s-%u", o.protocol ? o.protocol : "tcp",
		 o.guest_port);
	ret->slot = o.adapter;
	*r = (struct vbc_redirect){.name = o.name ? o.name : ret->name,
				   .host_ip = o.host_ip ? o.host_ip : VBC_LOOPBACK,
				   .guest_ip = o.guest_ip ? o.guest_ip : "",
				   .host_port = o.host_port,
				   .guest_port = o.guest_port,
				   .protocol = o.protocol && streq(o.protocol, "udp")
						       ? VBC_NATProtocol_UDP
						       : VBC_NATProtocol_TCP};
	return check_words(&o, r, err);
}

int vbc_forward_add(struct vbc_host *host, const char *node,
		    const struct vbc_forward_add_opts *opts, struct vbc_forward **ret_forward,
		    struct vbc_error *err)
{
	struct change c = {.node_id_or_name = node ? node : ""};
	struct vbc_forward_wish wish;
	int code = vbc_forward_read(opts, &wish, err);

	c.engine.slot = wish.slot;
	c.r = wish.r;
	if (!code)
		code = vbc_op_run(host, NULL, err, add_body, &c);
	if (!code)
		*ret_forward = c.result;
	return code;
}

static int delete_locked(struct vbc_op *op, struct change *c, struct vbc_meta *entry)
{
	const char *name = c->r.name;
	int code = find(op, c->lock.machine, name, &c->engine, &c->r);

	if (!code && vbc_ref_is_null(c->engine.ref))
		code = vbc_fail(
			&op->error, VBC_E_NOTFOUND,
			"it has no forward '%s'; 'vboxcloud forward list' shows those it has",
			name);
	if (!code)
		code = begin(op, c, entry);
	if (!code)
		code = remove_from(op, &c->engine, c->lock.machine, name);
	return code ? code : vbc_port_free(op, c->node.id, c->r.protocol, c->r.host_port);
}

static int delete_body(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? vbc_node_find(op, c->node_id_or_name, &c->node)
			 : vbc_fail_nomem(&op->error);

	if (!code)
		code = lock_node(op, c->node.machine, c->node.id, &c->lock);
	if (!code)
		code = end(op, c, entry, delete_locked(op, c, entry));
	return vbc_error_prefix(&op->error, code, "cannot delete a forward of node '%s'",
				c->node_id_or_name);
}

int vbc_forward_delete(struct vbc_host *host, const char *node, const char *name,
		       struct vbc_error *err)
{
	struct change c = {.node_id_or_name = node ? node : "", .r = {.name = name ? name : ""}};

	return vbc_op_run(host, NULL, err, delete_body, &c);
}
