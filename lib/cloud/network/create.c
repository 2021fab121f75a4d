/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Creating networks: what VirtualBox's words leave open when it refuses is said as well. The
 * journal has the network's name, or for a host-only interface, which VirtualBox names, its id as
 * soon as that is known. VirtualBox makes several networks of one name: so a name is claimed first,
 * and told to the undo only when there is no network of that name.
 */

#include "base/given.h"
#include "base/name.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/cidr.h"
#include "network/delete.h"
#include "network/network.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

/* Where VirtualBox allows host-only interfaces since 6.1.28, unless the host's administrator has
 * written others down. */
#define HOSTONLY_ALLOWED "192.168.56.0/21"

struct create {
	struct vbc_network_create_opts opts;
	struct vbc_cidr cidr;
	char id[37]; /* of the journal's entry */
	struct vbc_network *result;
};

/* Adds what VirtualBox does not say to its error. */
static int network_explain_error(struct vbc_op *op, int code, const char *hint)
{
	return vbc_error_restate(&op->error, code, "%s: %s", op->error.text, hint);
}

static int network_make_natnetwork(struct vbc_op *op, const struct create *c, vbc_ref *ret)
{
	int code = vbc_IVirtualBox_createNATNetwork(op, op->vbox, c->opts.name, ret);

	if (!code && c->opts.cidr)
		code = vbc_INATNetwork_setNetwork(op, *ret, c->opts.cidr);
	if (!code)
		code = vbc_INATNetwork_setNeedDhcpServer(op, *ret, !c->opts.no_dhcp);
	return code ? code : vbc_INATNetwork_setEnabled(op, *ret, true);
}

static bool network_is_allowed(const struct vbc_cidr *cidr)
{
	struct vbc_cidr allowed;

	return vbc_cidr_parse(HOSTONLY_ALLOWED, &allowed) &&
	       (cidr->network & allowed.mask) == allowed.network;
}

static int network_set_host_address(struct vbc_op *op, const struct create *c, vbc_ref interface)
{
	const char *address = vbc_cidr_address(&op->arena, &c->cidr, 1);
	const char *mask = vbc_cidr_address(&op->arena, &c->cidr, -1);
	int code;

	if (!address || !mask)
		return vbc_fail_nomem(&op->error);
	code = vbc_IHostNetworkInterface_enableStaticIPConfig(op, interface, address, mask);
	if (code && code != VBC_E_CONNECT && !network_is_allowed(&c->cidr))
		return network_explain_error(
			op, code,
			"VirtualBox allows host-only interfaces only in " HOSTONLY_ALLOWED
			", unless /etc/vbox/networks.conf on the host names other ranges");
	return code;
}

static int network_make_hostonly(struct vbc_op *op, const struct create *c, vbc_ref *ret)
{
	vbc_ref host = {NULL}, progress = {NULL};
	const char *id = "";
	int code = vbc_op_ihost(op, &host);

	if (!code)
		code = vbc_IHost_createHostOnlyNetworkInterface(op, host, ret, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "creating", 0, 100);
	if (code == VBC_E_FAULT)
		return network_explain_error(
			op, code,
			"this needs VirtualBox's kernel module vboxnetadp on the host; "
			"'modprobe vboxnetadp' there loads it");
	if (!code)
		code = vbc_IHostNetworkInterface_getId(op, *ret, &id);
	if (!code)
		code = vbc_work_note(op, VBC_NETWORK_ID, id);
	return code || !c->opts.cidr ? code : network_set_host_address(op, c, *ret);
}

static int network_set_range(struct vbc_op *op, const struct create *c, vbc_ref network)
{
	const char *mask = vbc_cidr_address(&op->arena, &c->cidr, -1);
	const char *lower = vbc_cidr_address(&op->arena, &c->cidr, 1);
	const char *upper = vbc_cidr_address(&op->arena, &c->cidr, (int64_t)~c->cidr.mask - 1);
	int code;

	if (!mask || !lower || !upper)
		return vbc_fail_nomem(&op->error);
	code = vbc_IHostOnlyNetwork_setNetworkMask(op, network, mask);
	if (!code)
		code = vbc_IHostOnlyNetwork_setLowerIP(op, network, lower);
	return code ? code : vbc_IHostOnlyNetwork_setUpperIP(op, network, upper);
}

static int network_make_hostonlynet(struct vbc_op *op, const struct create *c, vbc_ref *ret)
{
	int code = vbc_IVirtualBox_createHostOnlyNetwork(op, op->vbox, c->opts.name, ret);

	if (code == VBC_E_VERSION) {
		code = network_explain_error(
			op, code,
			"VirtualBox has host-only networks only on macOS, from 7.0 on; "
			"elsewhere there are host-only interfaces");
		op->error.hint = VBC_HINT_HOSTONLY;
	}
	if (!code && c->opts.cidr)
		code = network_set_range(op, c, *ret);
	return code ? code : vbc_IHostOnlyNetwork_setEnabled(op, *ret, true);
}

static int network_make_of_kind(struct vbc_op *op, const struct create *c, vbc_ref *ret)
{
	switch (c->opts.kind) {
	case VBC_NETWORK_KIND_NATNETWORK: return network_make_natnetwork(op, c, ret);
	case VBC_NETWORK_KIND_HOSTONLY: return network_make_hostonly(op, c, ret);
	default: return network_make_hostonlynet(op, c, ret);
	}
}

static int network_check_new(struct vbc_op *op, const struct create *c)
{
	vbc_ref other = {NULL};
	int code = vbc_network_find(op, c->opts.kind, c->opts.name, &other);

	return code || vbc_ref_is_null(other)
		       ? code
		       : vbc_fail(&op->error, VBC_E_EXISTS, "there is a network '%s' already",
				  c->opts.name);
}

static int network_choose_id(struct vbc_op *op, struct create *c)
{
	if (c->opts.name)
		return vbc_work_make_id(op, vbc_network_kind_name(c->opts.kind), c->opts.name,
					c->id);
	return vbc_op_make_uuid(op, c->id);
}

static int network_make(struct vbc_op *op, void *arg)
{
	struct create *c = arg;
	vbc_ref network = {NULL};
	int code = c->opts.name ? network_check_new(op, c) : VBC_OK;

	if (!code && c->opts.name)
		code = vbc_work_note(op, VBC_NETWORK_NAME, c->opts.name);
	if (!code)
		code = network_make_of_kind(op, c, &network);
	return code ? code : vbc_network_show(op, c->opts.kind, network, &c->result);
}

static int network_create_journaled(struct vbc_op *op, struct create *c, struct vbc_meta *entry)
{
	const struct vbc_work work = {c->opts.name ? VBC_WORK_CLAIMED : VBC_WORK_NEW, "network",
				      c->id, entry, NULL};
	int code = network_choose_id(op, c);

	vbc_meta_set_str(entry, VBC_NETWORK_KIND, vbc_network_kind_name(c->opts.kind));
	return code ? code : vbc_work_run(op, &work, network_make, c);
}

static int network_create_body(struct vbc_op *op, void *arg)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct create *c = arg;
	int code;

	op->progress.what = "creating the network";
	code = entry ? network_create_journaled(op, c, entry) : vbc_fail_nomem(&op->error);
	return vbc_error_prefix(&op->error, code, "cannot create the network");
}

static int network_check_opts(struct create *c, struct vbc_error *err)
{
	const struct vbc_network_create_opts *o = &c->opts;

	if (o->kind != VBC_NETWORK_KIND_NATNETWORK && o->kind != VBC_NETWORK_KIND_HOSTONLY &&
	    o->kind != VBC_NETWORK_KIND_HOSTONLYNET)
		return vbc_fail(err, VBC_E_ARG,
				"a network of the kind '%s' cannot be created: it exists already, "
				"or comes into being with the first node that uses it",
				vbc_network_kind_name(o->kind));
	if (o->kind == VBC_NETWORK_KIND_HOSTONLY && o->name)
		return vbc_fail(err, VBC_E_ARG,
				"VirtualBox names host-only interfaces itself: omit the name");
	if (o->cidr && !vbc_cidr_parse(o->cidr, &c->cidr))
		return vbc_fail(err, VBC_E_ARG,
				"'%s' is not a range of addresses: write it like 10.9.0.0/24",
				o->cidr);
	return o->kind == VBC_NETWORK_KIND_HOSTONLY ? VBC_OK
						    : vbc_name_check("network", o->name, err);
}

int vbc_network_create(struct vbc_host *host, const struct vbc_network_create_opts *opts,
		       const struct vbc_wait *wait, struct vbc_network **ret_network,
		       struct vbc_error *err)
{
	if (vbc_lacks(err, host, opts, ret_network))
		return VBC_E_ARG;

	struct create c = {.opts = VBC_NETWORK_CREATE_OPTS_INIT};
	int code;

	vbc_opts_read(&c.opts, opts);
	code = network_check_opts(&c, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, network_create_body, &c);
	if (!code)
		*ret_network = c.result;
	return code;
}
