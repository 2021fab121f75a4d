/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way to a node's SSH server.
 */
#include <vboxcloud/ssh.h>

#include <unistd.h>

#include "base/banner.h"
#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "machine/adapter.h"
#include "machine/address.h"
#include "machine/list.h"
#include "machine/nat-rule.h"
#include "machine/on-node.h"
#include "machine/record.h"
#include "machine/state-now.h"
#include "vbox/meta.h"

#define SSH_PORT 22
#define SSH_NAME "ssh"
#define BANNER   "SSH-"

/*
 * A connection that is open may be one that nobody in the guest has taken yet, and is lost; or a
 * guest at work on its first one, which many more would only hold up. So each waits longer.
 */
#define STEP_MS           500 /* after which the caller is asked */
#define FIRST_PATIENCE_MS 2000
#define DOUBLINGS         5

struct job {
	struct vbc_ssh_opts opts;
	struct vbc_ssh *ssh;
};

static bool ssh_is_loopback(const char *address)
{
	return vbc_starts_with(address, "127.") || streq(address, "::1") ||
	       streq(address, "localhost");
}

static bool ssh_is_any_address(const char *address)
{
	return !address[0] || streq(address, "0.0.0.0") || streq(address, "::");
}

/* Of the forwards to the guest's SSH port the one that was made for it, or the first. */
static bool ssh_find_forward(struct vbc_op *op, const struct vbc_adapters *adapters,
			     struct vbc_redirect *ret)
{
	bool found = false;

	for (size_t i = 0; i < adapters->n; i++)
		for (size_t j = 0; j < adapters->v[i].redirects.n; j++) {
			struct vbc_redirect r;

			if (!vbc_redirect_parse(op, adapters->v[i].redirects.v[j], &r) ||
			    r.protocol != VBC_NATProtocol_TCP || r.guest_port != SSH_PORT ||
			    (found && !streq(r.name, SSH_NAME)))
				continue;
			*ret = r;
			found = true;
		}
	return found;
}

/* The guest's own address, where one is known. */
static int ssh_find_address(struct vbc_op *op, const struct vbc_node_ref *node, bool from_host,
			    struct vbc_ssh *ret)
{
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code =
		vbc_node_query(op, NULL, node->machine, VBC_NODE_FIELD_NETWORK, &nodes, &refs, &n);

	for (size_t i = 0; !code && n && i < nodes->addresses.n; i++) {
		const struct vbc_address *a = nodes->addresses.v[i];

		if (a->source == VBC_ADDRESS_SOURCE_FORWARD)
			continue;
		ret->address = a->host;
		ret->port = SSH_PORT;
		ret->origin = vbc_address_source_name(a->source);
		ret->from_host = from_host;
		return VBC_OK;
	}
	if (code)
		return code;
	return vbc_fail_hint(
		&op->error, VBC_E_STATE, VBC_HINT_FORWARD_SSH,
		"no address of it is known, and no port of the host is forwarded to its SSH port");
}

/* To a forward; from the host itself it is at the loopback address where it is at all of them. */
static int ssh_take_forward(struct vbc_op *op, const struct vbc_redirect *r, const char *host,
			    bool on_host, struct vbc_ssh *ret)
{
	bool is_far = !ssh_is_loopback(host), is_open = ssh_is_any_address(r->host_ip);

	ret->port = r->host_port;
	ret->origin = "forward";
	if (on_host && (!is_far || ssh_is_loopback(r->host_ip))) {
		ret->from_host = true;
		ret->address = is_open ? "127.0.0.1" : r->host_ip;
		return VBC_OK;
	}
	if (ssh_is_loopback(r->host_ip) && is_far)
		return vbc_fail_hint(
			&op->error, VBC_E_STATE, VBC_HINT_OPEN_SSH,
			"its SSH port can be reached only from the host itself, at %s port %u",
			r->host_ip, r->host_port);
	ret->address = is_open ? host : r->host_ip;
	return VBC_OK;
}

static int ssh_find_way(struct vbc_op *op, const struct vbc_node_ref *node, bool on_host,
			struct vbc_ssh *ret)
{
	struct vbc_adapters adapters = {0};
	struct vbc_redirect r = {0};
	const char *host = vbc_url_host(op);
	int code = host ? vbc_adapters_get(op, &node->machine, 1, VBC_ADAPTER_FORWARDS, &adapters)
			: vbc_fail_nomem(&op->error);

	if (code)
		return code;
	if (!ssh_find_forward(op, &adapters, &r))
		return ssh_find_address(op, node, on_host && ssh_is_loopback(host), ret);
	if (r.host_ip[0] && !vbc_is_ip(r.host_ip))
		return vbc_fail_hint(
			&op->error, VBC_E_STATE, VBC_HINT_DELETE_FORWARD,
			"its forward '%s' to its SSH port is from '%s', which is not an IP address",
			r.name, r.host_ip);
	return ssh_take_forward(op, &r, host, on_host, ret);
}

/* Who logs in, and what a node is called that was asked for by its id; checked as they are read. */
static int ssh_find_login(struct vbc_op *op, const char *id, struct vbc_ssh *ret)
{
	struct vbc_meta *meta VBC_META = NULL;
	int code = vbc_node_record_get(op, id, &meta);

	ret->username = "";
	if (code || !meta)
		return code;
	ret->username = vbc_arena_strdup(&op->arena, vbc_meta_login(meta, "username"));
	if (streq(ret->name, id) && *vbc_meta_name(meta, "name"))
		ret->name = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "name"));
	return ret->username && ret->name ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int ssh_check_running(struct vbc_op *op, vbc_ref machine)
{
	enum vbc_node_state state;
	int code = vbc_machine_state(op, machine, &state);

	if (code || state == VBC_NODE_STATE_RUNNING || state == VBC_NODE_STATE_STARTING ||
	    state == VBC_NODE_STATE_UPDATING)
		return code;
	return vbc_fail(&op->error, VBC_E_STATE, "it is not running: it is %s",
			vbc_node_state_name(state));
}

/* *ret_fd: -1 when nobody takes it yet. */
static int ssh_dial(struct vbc_op *op, const struct vbc_ssh *ssh, const struct vbc_ssh_opts *opts,
		    unsigned attempt, int *ret_fd)
{
	struct vbc_error why = {0};

	if (!ssh->from_host) {
		*ret_fd = vbc_banner_begin(ssh->address, ssh->port, attempt);
		return VBC_OK;
	}
	*ret_fd = opts->dial(opts->data, ssh, &why);
	return *ret_fd < 0 && why.code ? vbc_fail(&op->error, why.code, "%s", why.text) : VBC_OK;
}

/* One connection, for as long as the patience lasts. */
static int ssh_try_banner(struct vbc_op *op, vbc_ref machine, const struct vbc_ssh *ssh,
			  const struct vbc_ssh_opts *opts, unsigned attempt, enum vbc_banner *ret)
{
	unsigned left_ms = FIRST_PATIENCE_MS << (attempt < DOUBLINGS ? attempt : DOUBLINGS);
	int fd = -1, code = ssh_dial(op, ssh, opts, attempt, &fd);

	*ret = fd < 0 ? VBC_BANNER_NONE : VBC_BANNER_PENDING;
	if (code)
		return code;
	do {
		if (fd >= 0)
			*ret = vbc_banner_wait(fd, BANNER, STEP_MS);
		code = ssh_check_running(op, machine);
		if (!code && *ret != VBC_BANNER_CAME)
			code = *ret == VBC_BANNER_NONE ? vbc_op_sleep(op, STEP_MS)
						       : vbc_op_tick(op);
		left_ms -= STEP_MS;
	} while (!code && *ret == VBC_BANNER_PENDING && left_ms);
	if (fd >= 0)
		close(fd);
	return code;
}

static int ssh_await_banner(struct vbc_op *op, vbc_ref machine, const struct vbc_ssh *ssh,
			    const struct vbc_ssh_opts *opts)
{
	enum vbc_banner banner = VBC_BANNER_NONE;
	int code = VBC_OK;

	op->progress.what = "waiting for SSH";
	for (unsigned attempt = 0; !code && banner != VBC_BANNER_CAME; attempt++)
		code = ssh_try_banner(op, machine, ssh, opts, attempt, &banner);
	return code;
}

static int ssh_make_result(struct vbc_op *op, const struct vbc_ssh *from, struct vbc_ssh **ret)
{
	struct vbc_ssh *ssh = vbc_result_new(&op->results, sizeof(*ssh));
	struct vbc_arena *a = ssh ? vbc_result_arena(ssh) : NULL;

	if (ssh) {
		ssh->node = vbc_arena_strdup(a, from->node);
		ssh->name = vbc_arena_strdup(a, from->name);
		ssh->address = vbc_arena_strdup(a, from->address);
		ssh->port = from->port;
		ssh->origin = from->origin;
		ssh->username = vbc_arena_strdup(a, from->username);
		ssh->from_host = from->from_host;
	}
	if (!ssh || !ssh->node || !ssh->name || !ssh->address || !ssh->username)
		return vbc_fail_nomem(&op->error);
	*ret = ssh;
	return VBC_OK;
}

static int ssh_find_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	struct job *job = arg;
	struct vbc_ssh ssh = {.node = node->id, .name = node->name};
	int code = ssh_find_way(op, node, job->opts.on_host, &ssh);

	if (!code)
		code = ssh_find_login(op, node->id, &ssh);
	if (!code && job->opts.wait)
		code = ssh_await_banner(op, node->machine, &ssh, &job->opts);
	if (!code)
		code = ssh_make_result(op, &ssh, &job->ssh);
	return vbc_error_prefix(&op->error, code, "cannot reach node '%s' by SSH", node->name);
}

static int ssh_run_find(struct vbc_host *host, const char *node, struct job *job,
			const struct vbc_wait *wait, struct vbc_ssh **ret, struct vbc_error *err)
{
	int code = vbc_run_on_node(host, node, wait, err, ssh_find_body, job);

	if (!code)
		*ret = job->ssh;
	return code;
}

int vbc_ssh_find(struct vbc_host *host, const char *node, struct vbc_ssh **ret_ssh,
		 struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, ret_ssh))
		return VBC_E_ARG;

	struct job job = {.opts = {.wait = false}};

	return ssh_run_find(host, node, &job, NULL, ret_ssh, err);
}

int vbc_ssh_wait(struct vbc_host *host, const char *node, const struct vbc_wait *wait,
		 struct vbc_ssh **ret_ssh, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, ret_ssh))
		return VBC_E_ARG;

	struct job job = {.opts = {.wait = true}};

	return ssh_run_find(host, node, &job, wait, ret_ssh, err);
}

int vbc_ssh_reach(struct vbc_host *host, const char *node, const struct vbc_ssh_opts *opts,
		  const struct vbc_wait *wait, struct vbc_ssh **ret_ssh, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, ret_ssh))
		return VBC_E_ARG;

	struct job job = {0};

	vbc_opts_read(&job.opts, opts);
	if (job.opts.on_host && job.opts.wait && !job.opts.dial)
		return vbc_fail(err, VBC_E_ARG,
				"waiting for SSH from the host needs a dial function");
	return ssh_run_find(host, node, &job, wait, ret_ssh, err);
}

void vbc_ssh_free(struct vbc_ssh *ssh)
{
	vbc_result_free(ssh);
}
