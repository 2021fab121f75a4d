/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Looking at the remote display of a node.
 */
#include "display/display.h"

#include <unistd.h>

#include "base/banner.h"
#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "journal/run.h"
#include "machine/address.h"
#include "machine/display-port.h"
#include "machine/find.h"
#include "machine/lock.h"
#include "machine/nat-rule.h"
#include "machine/state.h"
#include "machine/wait-stable.h"
#include "vbox/aside.h"

#define VNC_PACK   "VNC"
#define VNC_BANNER "RFB "
#define PORT_MAX   65535

/* A guest that keeps the host busy lets its display wait. */
#define STEP_MS 1000
#define STEPS   5

const char *vbc_display_kind_name(enum vbc_display_kind kind)
{
	static const char *const names[] = {[VBC_DISPLAY_KIND_NONE] = "none",
					    [VBC_DISPLAY_KIND_VNC] = "vnc",
					    [VBC_DISPLAY_KIND_RDP] = "rdp"};

	return (size_t)kind < VBC_COUNT(names) ? names[kind] : names[VBC_DISPLAY_KIND_NONE];
}

int vbc_display_lock(struct vbc_op *op, bool change, struct vbc_display_target *s)
{
	enum vbc_node_state state;
	int code = VBC_OK;

	state = vbc_node_wait_stable(op, s->node.machine, &code);
	s->awake = state == VBC_NODE_STATE_RUNNING;
	s->running = vbc_state_is_up(state);
	s->machine = s->node.machine;
	if (!code && change && !s->running && state != VBC_NODE_STATE_STOPPED &&
	    state != VBC_NODE_STATE_SUSPENDED)
		code = vbc_fail(&op->error, VBC_E_STATE, "the node is %s",
				vbc_node_state_name(state));
	if (!code && (change || s->running)) {
		code = vbc_machine_lock_as(op, s->node.machine, s->node.id, state, &s->lock);
		s->machine = s->lock.machine;
	}
	return code ? code : vbc_IMachine_getVRDEServer(op, s->machine, &s->server);
}

int vbc_display_open(struct vbc_op *op, const char *id_or_name, bool change,
		     struct vbc_display_target *ret)
{
	int code = vbc_node_find(op, id_or_name, &ret->node);

	return code ? code : vbc_display_lock(op, change, ret);
}

/* A file of the machine that is seen here tells a host on this machine from the end of a tunnel. */
static int display_is_host_here(struct vbc_op *op, vbc_ref machine, bool *ret)
{
	const char *host = vbc_url_host(op), *settings = "";
	int code = host ? VBC_OK : vbc_fail_nomem(&op->error);

	*ret = false;
	if (code ||
	    !(vbc_starts_with(host, "127.") || streq(host, "::1") || streq(host, "localhost")))
		return code;
	code = vbc_IMachine_getSettingsFilePath(op, machine, &settings);
	*ret = !code && access(settings, F_OK) == 0;
	return code;
}

int vbc_display_try(struct vbc_op *op, vbc_ref machine, const char *address, unsigned port,
		    enum vbc_answer *ret)
{
	static const enum vbc_answer answers[] = {[VBC_BANNER_NONE] = VBC_ANSWER_NONE,
						  [VBC_BANNER_PENDING] = VBC_ANSWER_OTHER,
						  [VBC_BANNER_CAME] = VBC_ANSWER_VNC};
	enum vbc_banner banner = VBC_BANNER_NONE;
	bool here = false;
	int code = display_is_host_here(op, machine, &here), fd;

	*ret = VBC_ANSWER_UNKNOWN;
	if (code || !here)
		return code;
	if (!address[0])
		return code;
	fd = vbc_banner_begin(streq(address, "0.0.0.0") ? VBC_LOOPBACK : address, port, 0);
	if (fd >= 0)
		banner = VBC_BANNER_PENDING;
	for (int i = 0; !code && i < STEPS && banner == VBC_BANNER_PENDING; i++) {
		banner = vbc_banner_wait(fd, VNC_BANNER, STEP_MS);
		code = vbc_op_tick(op);
	}
	if (fd >= 0)
		close(fd);
	*ret = answers[banner];
	return code;
}

/* VirtualBox does not find a pack that was removed from the host: that is as good as none. */
static int display_read_pack(struct vbc_op *op, const struct vbc_display_target *s,
			     struct vbc_display *d)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_IVRDEServer_getVRDEExtPack(op, s->server, &d->ext_pack);

	if (code)
		d->ext_pack = "";
	code = vbc_aside_absent(&aside, code);
	d->kind = !d->ext_pack[0]                ? VBC_DISPLAY_KIND_NONE
		  : streq(d->ext_pack, VNC_PACK) ? VBC_DISPLAY_KIND_VNC
						 : VBC_DISPLAY_KIND_RDP;
	return code;
}

static int display_read_settings(struct vbc_op *op, const struct vbc_display_target *s,
				 struct vbc_display *d)
{
	const char *password = "";
	int code = vbc_IVRDEServer_getVRDEProperty(op, s->server, VBC_DISPLAY_ADDRESS, &d->address);

	if (!code)
		code = vbc_display_read_port(op, s->server, &d->port);
	if (!code)
		code = vbc_IVRDEServer_getVRDEProperty(op, s->server, VBC_DISPLAY_PASSWORD,
						       &password);
	if (code)
		return code;
	if (!d->address[0])
		d->address = "0.0.0.0";
	else if (!vbc_is_ip(d->address)) /* no names of the host's choice are looked up */
		d->address = "";
	d->has_password = d->kind == VBC_DISPLAY_KIND_VNC && password[0];
	return VBC_OK;
}

/* VirtualBox's VNC names the port that it was to have, whether it got it or not. */
static int display_read_running(struct vbc_op *op, const struct vbc_display_target *s,
				struct vbc_display *d)
{
	struct vbc_IVRDEServerInfo info = {.port = 0};
	enum vbc_answer answer = VBC_ANSWER_UNKNOWN;
	vbc_ref console = {NULL};
	int code = vbc_ISession_getConsole(op, s->lock.session, &console);

	if (!code)
		code = vbc_IConsole_getVRDEServerInfo(op, console, &info);
	if (code || info.port <= 0 || info.port > PORT_MAX)
		return code;
	d->port = (unsigned)info.port;
	if (d->kind == VBC_DISPLAY_KIND_VNC)
		code = vbc_display_try(op, s->machine, d->address, d->port, &answer);
	d->listening = answer == VBC_ANSWER_UNKNOWN || answer == VBC_ANSWER_VNC;
	return code;
}

int vbc_display_read(struct vbc_op *op, const struct vbc_display_target *s, struct vbc_display *ret)
{
	struct vbc_display d = {.node = s->node.id, .ext_pack = "", .address = ""};
	int code = vbc_IVRDEServer_getEnabled(op, s->server, &d.enabled);

	if (!code)
		code = display_read_pack(op, s, &d);
	if (!code && d.enabled)
		code = display_read_settings(op, s, &d);
	if (!code && d.enabled && s->running)
		code = display_read_running(op, s, &d);
	if (!code)
		*ret = d;
	return code;
}

int vbc_display_result(struct vbc_op *op, const struct vbc_display *from, struct vbc_display **ret)
{
	struct vbc_display *d = vbc_result_new(&op->results, sizeof(*d));
	struct vbc_arena *a = d ? vbc_result_arena(d) : NULL;

	if (d) {
		*d = *from;
		d->node = vbc_arena_strdup(a, from->node);
		d->ext_pack = vbc_arena_strdup(a, from->ext_pack);
		d->address = vbc_arena_strdup(a, from->address);
	}
	if (!d || !d->node || !d->ext_pack || !d->address)
		return vbc_fail_nomem(&op->error);
	*ret = d;
	return VBC_OK;
}

struct job {
	const char *node;
	struct vbc_display *result;
};

static int display_get_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct vbc_display_target s = {.running = false};
	struct vbc_display d = {.node = ""};
	int code = vbc_display_open(op, job->node, false, &s);

	if (!code)
		code = vbc_display_read(op, &s, &d);
	if (s.running)
		code = vbc_lock_judge(op, s.node.machine, code);
	vbc_lock_drop(op, &s.lock);
	if (!code)
		code = vbc_display_result(op, &d, &job->result);
	return code && s.node.name
		       ? vbc_error_prefix(&op->error, code,
					  "cannot look at the display of node '%s'", s.node.name)
		       : code;
}

int vbc_display_get(struct vbc_host *host, const char *node, struct vbc_display **ret_display,
		    struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, ret_display))
		return VBC_E_ARG;

	struct job job = {.node = node ? node : ""};
	int code = vbc_run_recovered(host, &vbc_op_brief, err, display_get_body, &job);

	if (!code)
		*ret_display = job.result;
	return code;
}

void vbc_display_free(struct vbc_display *display)
{
	vbc_result_free(display);
}
