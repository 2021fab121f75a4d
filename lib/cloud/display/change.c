/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Enabling, moving and disabling the remote display of a node, stopped or running. Its port is
 * reserved as those of forwards are. The journal's undo disables it, whichever was interrupted: the
 * password that it had is not written down.
 */
#include "display/change.h"

#include <vboxcloud/display.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/given.h"
#include "base/str.h"
#include "display/display.h"
#include "forward/port-reconcile.h"
#include "forward/port.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/display-port.h"
#include "machine/nat-rule.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

#define CHANGING "changing" /* in the journal's entry: from here on there is something to undo */
#define AWAKE    "awake"    /* there: of a guest that stands still in between only             */
#define ATTEMPTS 5
/* VirtualBox's VNC replaces a longer one by a word that all can know. */
#define LONGEST_PASSWORD 8

struct change {
	const char *node_id_or_name;
	struct vbc_display_opts opts;
	/* of one run */
	struct vbc_display_opts wanted;
	struct vbc_display_target target;
	struct vbc_display was, is;
	int attempts; /* to find a port */
	struct vbc_display *result;
};

static bool display_is_loopback(const char *address)
{
	return vbc_starts_with(address, "127.");
}

static int display_check_password(const char *password, struct vbc_error *err)
{
	size_t n = strlen(password);

	for (size_t i = 0; i < n; i++)
		if (password[i] <= ' ' || password[i] > '~')
			return vbc_fail(err, VBC_E_ARG,
					"the password of a display can contain only printable "
					"ASCII characters, and no spaces");
	return n >= 1 && n <= LONGEST_PASSWORD
		       ? VBC_OK
		       : vbc_fail(err, VBC_E_ARG,
				  "the password of a display must have 1 to %d characters: VNC "
				  "ignores all others",
				  LONGEST_PASSWORD);
}

int vbc_display_opts_read(const struct vbc_display_opts *opts, struct vbc_display_opts *ret,
			  struct vbc_error *err)
{
	struct vbc_display_opts o = VBC_DISPLAY_OPTS_INIT;
	struct in_addr address;

	vbc_opts_read(&o, opts);
	if (!o.address)
		o.address = VBC_LOOPBACK;
	*ret = o;
	if (o.port > 65535)
		return vbc_fail(err, VBC_E_ARG, "the display's port must be 1 to 65535, not %u",
				o.port);
	if (o.address[0] && inet_pton(AF_INET, o.address, &address) != 1)
		return vbc_fail(err, VBC_E_ARG, "'%s' is not an IPv4 address for the display",
				o.address);
	return o.password ? display_check_password(o.password, err) : VBC_OK;
}

/* Whether the host can serve it, and nobody is let in by mistake. */
static int display_check_opts(struct vbc_op *op, const struct vbc_display_opts *o,
			      const struct vbc_display *was)
{
	bool secret = o->password || was->has_password;

	if (was->kind == VBC_DISPLAY_KIND_NONE)
		return vbc_fail(&op->error, VBC_E_STATE,
				"VirtualBox on the host has no extension pack for remote displays; "
				"install VNC or Oracle's there, with VBoxManage extpack install");
	if (was->kind == VBC_DISPLAY_KIND_RDP && o->password)
		return vbc_fail(&op->error, VBC_E_ARG,
				"the host's extension pack, %s, speaks RDP, which takes no display "
				"password; omit it",
				was->ext_pack);
	if (was->kind == VBC_DISPLAY_KIND_RDP && !display_is_loopback(o->address) &&
	    !o->no_password)
		return vbc_fail_hint(&op->error, VBC_E_ARG, VBC_HINT_NO_PASSWORD,
				     "a display at %s without a password lets in everybody who can "
				     "reach the host",
				     o->address[0] ? o->address : "all addresses");
	if (was->kind == VBC_DISPLAY_KIND_VNC && !secret && !o->no_password)
		return vbc_fail(&op->error, VBC_E_ARG,
				"a VNC display needs a password; without one, some hosts let "
				"nobody in, others everybody");
	return VBC_OK;
}

/* VirtualBox makes a certificate and a key beside the machine, unless told that none is needed. */
static int display_set_security(struct vbc_op *op, vbc_ref server, const struct vbc_display *was,
				bool on)
{
	return was->kind == VBC_DISPLAY_KIND_VNC
		       ? vbc_IVRDEServer_setVRDEProperty(op, server, VBC_DISPLAY_SECURITY,
							 on ? "RDP" : "")
		       : VBC_OK;
}

static int display_note_change(struct vbc_op *op, const struct vbc_display_target *s)
{
	return vbc_work_note(op, CHANGING, s->awake ? AWAKE : "yes");
}

/*
 * VirtualBox's VNC can crash the machine's process when it is switched just as the guest draws. So
 * the guest stands still meanwhile, if it does not `already`; *ret_console is null where nothing is
 * to be woken.
 */
static int display_pause_guest(struct vbc_op *op, const struct vbc_display_target *s, bool already,
			       vbc_ref *ret_console)
{
	int code;

	if (!s->awake && !already)
		return VBC_OK;
	code = vbc_ISession_getConsole(op, s->lock.session, ret_console);
	return code || already ? code : vbc_IConsole_pause(op, *ret_console);
}

/* Whatever became of the switching. */
static int display_wake_guest(struct vbc_op *op, vbc_ref console, int code)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	int woken = vbc_ref_is_null(console) ? VBC_OK : vbc_IConsole_resume(op, console);

	if (!code)
		return vbc_aside_end(&aside, woken);
	vbc_aside_restore(&aside);
	return code;
}

/* The server, switched off, is told all and switched on. */
static int display_switch_on(struct vbc_op *op, vbc_ref server, const struct vbc_display_opts *o,
			     const struct vbc_display *was)
{
	const char *port = vbc_arena_printf(&op->arena, "%u", o->port);
	int code = port ? display_set_security(op, server, was, true) : vbc_fail_nomem(&op->error);

	if (!code)
		code = vbc_IVRDEServer_setVRDEProperty(op, server, VBC_DISPLAY_PORT, port);
	if (!code)
		code = vbc_IVRDEServer_setVRDEProperty(op, server, VBC_DISPLAY_ADDRESS, o->address);
	if (!code && o->password)
		code = vbc_IVRDEServer_setVRDEProperty(op, server, VBC_DISPLAY_PASSWORD,
						       o->password);
	return code ? code : vbc_IVRDEServer_setEnabled(op, server, true);
}

/* VirtualBox takes no port away, but for another. */
static int display_switch_off(struct vbc_op *op, vbc_ref machine, vbc_ref server)
{
	static const char *const forgotten[] = {VBC_DISPLAY_PASSWORD, VBC_DISPLAY_ADDRESS,
						VBC_DISPLAY_SECURITY};
	int code = vbc_IVRDEServer_setEnabled(op, server, false);

	for (size_t i = 0; !code && i < VBC_COUNT(forgotten); i++)
		code = vbc_IVRDEServer_setVRDEProperty(op, server, forgotten[i], "");
	return code ? code : vbc_IMachine_saveSettings(op, machine);
}

static int display_stop_paused(struct vbc_op *op, const struct vbc_display_target *s, bool already)
{
	vbc_ref console = {NULL};
	int code = display_pause_guest(op, s, already, &console);

	return code ? code
		    : display_wake_guest(op, console,
					 display_switch_off(op, s->machine, s->server));
}

/* Disables it, if the change had begun. */
static int display_undo_change(struct vbc_op *op, const struct vbc_node_ref *node,
			       const struct vbc_meta *entry)
{
	struct vbc_display_target s = {.node = *node};
	const char *changing = vbc_meta_str(entry, CHANGING);
	int code = VBC_OK;

	if (!changing[0])
		return code;
	code = vbc_display_lock(op, true, &s);
	if (!code)
		code = display_stop_paused(op, &s, s.running && !s.awake && streq(changing, AWAKE));
	vbc_lock_drop(op, &s.lock);
	return code;
}

int vbc_display_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	return vbc_port_undo(op, id, entry, display_undo_change);
}

/* Has the body make the change under the lock, which it gives back, as work in the journal. */
static int display_change(struct vbc_op *op, struct change *c,
			  int (*body)(struct vbc_op *op, void *arg))
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_THING, "display", c->target.node.id, entry,
				      &c->target.lock};

	return vbc_work_run(op, &work, body, c);
}

static int display_fail_taken(struct vbc_op *op, const struct vbc_display_opts *o)
{
	return vbc_port_fail_refused(op, "TCP", o->port, o->address);
}

/* Whether another program answers there already; VirtualBox's VNC would not tell. */
static int display_find_listener(struct vbc_op *op, const struct change *c,
				 const struct vbc_display_opts *o, bool *ret)
{
	bool own = c->was.listening && c->was.port == o->port;
	enum vbc_answer answer = VBC_ANSWER_UNKNOWN;
	int code =
		c->target.running && !own
			? vbc_display_try(op, c->target.machine,
					  o->address[0] ? o->address : "0.0.0.0", o->port, &answer)
			: VBC_OK;

	*ret = answer == VBC_ANSWER_OTHER || answer == VBC_ANSWER_VNC;
	return code;
}

/* A node's reservation does not hinder the node itself. */
static int display_check_own_port(struct vbc_op *op, const char *node,
				  const struct vbc_display_opts *o, const struct vbc_display *was)
{
	const char *id = vbc_port_id(op, node, VBC_NATProtocol_TCP, o->port);
	struct vbc_meta *VBC_META meta = NULL;
	int code = id ? VBC_OK : vbc_fail_nomem(&op->error);

	if (!code && o->port && !(was->enabled && was->port == o->port))
		code = vbc_meta_get(op, VBC_PORT_KIND, id, &meta);
	if (code || !meta)
		return code;
	return vbc_fail(&op->error, VBC_E_EXISTS,
			"TCP port %u of the host is forwarded to the node itself; choose another",
			o->port);
}

/* Reserves the port; where any will do, the next one when another program has it. */
static int display_reserve_port(struct vbc_op *op, struct change *c, struct vbc_display_opts *o)
{
	const unsigned wanted = o->port;
	bool taken = true;
	int code = display_check_own_port(op, c->target.node.id, o, &c->was);

	while (!code && taken && c->attempts < (wanted ? 1 : ATTEMPTS)) {
		c->attempts++;
		code = vbc_port_reserve(op, c->target.node.id, VBC_NATProtocol_TCP, wanted,
					&o->port);
		if (!code)
			code = display_find_listener(op, c, o, &taken);
	}
	return code || !taken ? code : display_fail_taken(op, o);
}

/* libvncserver's own default, which VirtualBox's VNC gives no means to change. */
static void display_warn_of_ipv6(struct vbc_op *op, const struct vbc_display *d)
{
	if (d->kind == VBC_DISPLAY_KIND_VNC && display_is_loopback(d->address))
		vbc_op_log(op, 0,
			   "VirtualBox's VNC may also listen on port 5900 of all IPv6 addresses of "
			   "the host, whatever address it is given");
}

int vbc_display_set_new(struct vbc_op *op, vbc_ref machine, const char *id,
			const struct vbc_display_opts *opts)
{
	struct vbc_display_target s = {.node = {.machine = machine, .id = id}, .machine = machine};
	struct vbc_display_opts o;
	struct vbc_display was = {.node = id};
	int code = vbc_display_opts_read(opts, &o, &op->error);

	if (!code)
		code = vbc_IMachine_getVRDEServer(op, machine, &s.server);
	if (!code)
		code = vbc_display_read(op, &s, &was);
	if (!code)
		code = display_check_opts(op, &o, &was);
	if (!code)
		code = display_check_own_port(op, id, &o, &was);
	if (!code)
		code = vbc_port_reserve(op, id, VBC_NATProtocol_TCP, o.port, &o.port);
	if (!code)
		code = display_switch_on(op, s.server, &o, &was);
	was.address = o.address;
	if (!code)
		display_warn_of_ipv6(op, &was);
	return code;
}

/* Gives back what was reserved in vain, and the port that it had before. */
static int display_free_other_ports(struct vbc_op *op, const struct change *c, unsigned port)
{
	if (c->attempts > 1)
		return vbc_port_reconcile(op, c->target.node.id, c->target.machine);
	return c->was.enabled && c->was.port != port
		       ? vbc_port_free(op, c->target.node.id, VBC_NATProtocol_TCP, c->was.port)
		       : VBC_OK;
}

static int display_start_paused(struct vbc_op *op, const struct change *c,
				const struct vbc_display_opts *o)
{
	const struct vbc_display_target *s = &c->target;
	vbc_ref console = {NULL};
	int code = display_pause_guest(op, s, false, &console);

	if (code)
		return code;
	if (c->was.enabled)
		code = vbc_IVRDEServer_setEnabled(op, s->server, false);
	if (!code)
		code = display_switch_on(op, s->server, o, &c->was);
	return display_wake_guest(op, console, code);
}

static int display_enable_locked(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	struct vbc_display_opts *o = &c->wanted;
	const struct vbc_display_target *s = &c->target;
	int code = display_reserve_port(op, c, o);

	if (!code)
		code = display_note_change(op, s);
	if (!code)
		code = display_start_paused(op, c, o);
	if (!code)
		code = vbc_IMachine_saveSettings(op, s->machine);
	if (!code)
		code = vbc_display_read(op, s, &c->is);
	if (!code && s->running && (!c->is.listening || c->is.port != o->port))
		code = display_fail_taken(op, o);
	if (!code)
		code = display_free_other_ports(op, c, o->port);
	vbc_lock_drop(op, &c->target.lock);
	return code;
}

static int display_enable_body(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	int code;

	op->progress.what = "enabling the display";
	c->wanted = c->opts;
	c->target = (struct vbc_display_target){.running = false};
	c->attempts = 0;
	code = vbc_display_open(op, c->node_id_or_name, true, &c->target);
	if (!code)
		code = vbc_display_read(op, &c->target, &c->was);
	if (!code)
		code = display_check_opts(op, &c->wanted, &c->was);
	if (!code)
		code = display_change(op, c, display_enable_locked);
	vbc_lock_drop(op, &c->target.lock);
	if (!code)
		code = vbc_display_result(op, &c->is, &c->result);
	if (!code)
		display_warn_of_ipv6(op, &c->is);
	return c->target.node.name ? vbc_error_prefix(&op->error, code,
						      "cannot enable the display of node '%s'",
						      c->target.node.name)
				   : code;
}

int vbc_display_enable(struct vbc_host *host, const char *node, const struct vbc_display_opts *opts,
		       const struct vbc_wait *wait, struct vbc_display **ret_display,
		       struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, ret_display))
		return VBC_E_ARG;

	struct change c = {.node_id_or_name = node ? node : ""};
	int code = vbc_display_opts_read(opts, &c.opts, err);

	if (!code)
		code = vbc_run_recovered(host, wait, err, display_enable_body, &c);
	if (!code)
		*ret_display = c.result;
	return code;
}

static int display_disable_locked(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	const struct vbc_display_target *s = &c->target;
	unsigned port = 0;
	int code = display_note_change(op, s);

	if (!code)
		code = vbc_display_port(op, s->machine, &port);
	if (!code)
		code = display_stop_paused(op, s, false);
	if (!code)
		code = vbc_port_free(op, s->node.id, VBC_NATProtocol_TCP, port);
	vbc_lock_drop(op, &c->target.lock);
	return code;
}

static int display_disable_body(struct vbc_op *op, void *arg)
{
	struct change *c = arg;
	bool enabled = false;
	int code;

	op->progress.what = "disabling the display";
	c->target = (struct vbc_display_target){.running = false};
	code = vbc_display_open(op, c->node_id_or_name, true, &c->target);
	if (!code)
		code = vbc_IVRDEServer_getEnabled(op, c->target.server, &enabled);
	if (!code && enabled)
		code = display_change(op, c, display_disable_locked);
	vbc_lock_drop(op, &c->target.lock);
	return c->target.node.name ? vbc_error_prefix(&op->error, code,
						      "cannot disable the display of node '%s'",
						      c->target.node.name)
				   : code;
}

int vbc_display_disable(struct vbc_host *host, const char *node, const struct vbc_wait *wait,
			struct vbc_error *err)
{
	if (vbc_lacks(err, host, node))
		return VBC_E_ARG;

	struct change c = {.node_id_or_name = node ? node : ""};

	return vbc_run_recovered(host, wait, err, display_disable_body, &c);
}
