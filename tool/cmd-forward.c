/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud forward: ports of the host through which nodes behind NAT are reached.
 */
#include <stdlib.h>

#include "cmd.h"
#include "networks.h"
#include "ports.h"
#include "report.h"
#include "util.h"

static int forward_list(struct ctx *ctx, const struct args *args);
static int forward_add(struct ctx *ctx, const struct args *args);
static int forward_delete(struct ctx *ctx, const struct args *args);

static const struct opt add_opts[] = {
	{
		.name = "--name",
		.value = "NAME",
		OPT(name),
		.help = "its name, unique on the node; by default made from the port, like tcp-22",
	},
	{
		.name = "--udp",
		OPT(udp),
		.help = "forward UDP instead of TCP",
	},
	{
		.name = "--host-ip",
		.value = "IP",
		OPT(host_ip),
		.help = "the host's address to listen on, or all; 127.0.0.1 by default",
	},
	{
		.name = "--guest-ip",
		.value = "IP",
		OPT(guest_ip),
		.help = "the guest's address, if it is not the one that NAT gave it",
	},
	{
		.name = "--adapter",
		.value = "N",
		OPT_ONE_OF(adapter, adapter_choices),
		.help = "the node's network adapter, counted from 0; 0 by default",
	},
	{.name = NULL},
};

static const struct column columns[] = {
	{"node", "NODE"},
	{"name", "NAME"},
	{"protocol", "PROTOCOL"},
	{"host_ip", "HOST IP"},
	{"host_port", "PORT"},
	{"guest_ip", NULL},
	{"guest_port", "GUEST PORT"},
	{"adapter", NULL},
	{NULL, NULL},
};

static const struct narrow narrow[] = {
	{"node", "NODE", CUT_NEVER},
	{"name", "NAME", CUT_FIRST},
	{"protocol", "PROTOCOL", CUT_NEVER},
	{"host_ip", "HOST IP", CUT_LAST},
	{"host_port", "PORT", CUT_NEVER},
	{"guest_port", "GUEST PORT", CUT_NEVER},
	{.key = NULL},
};

const struct cmd forward_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the forwards of a node, or of all nodes",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .optional = true}},
		.opts = list_opts,
		.columns = columns,
		.run = forward_list,
	},
	{
		.name = "add",
		.help = "forward a port of the host to a node, which may be running",
		.would = "forward ports %2 to node %1",
		.more = "PORTS is HOST:GUEST, or GUEST alone: a free port of the host is then "
			"chosen and shown.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "PORTS"}},
		.opts = add_opts,
		.run = forward_add,
	},
	{
		.name = "delete",
		.also = ALSO_DELETE,
		.help = "delete forwards of a node, which may be running",
		.would = "delete forwards of node %1",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "NAME", .many = true}},
		.run = forward_delete,
	},
	{.name = NULL},
};

static void forward_add_cells(struct out *out, const struct vbc_forward *forward)
{
	out_id_or_null(out, forward->node);
	out_text(out, forward->name);
	out_text(out, forward->protocol);
	out_text_or_null(out, forward->host_ip);
	out_number(out, forward->host_port);
	out_text_or_null(out, forward->guest_ip);
	out_number(out, forward->guest_port);
	out_number(out, forward->adapter);
}

static int forward_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_forwards *forwards;
	int rc = vbc_forward_list(ctx->host, args->n_words ? args->words[0] : NULL, &forwards,
				  &ctx->err);

	if (rc)
		return rc;
	out_list(ctx->out, columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < forwards->n; i++)
		forward_add_cells(ctx->out, forwards->v[i]);
	vbc_forwards_free(forwards);
	return 0;
}

static int forward_add(struct ctx *ctx, const struct args *args)
{
	struct vbc_forward_add_opts opts = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_forward *forward;
	int rc = parse_ports(args->words[1], &opts.host_port, &opts.guest_port, &ctx->err);

	if (rc)
		return rc;
	opts.name = args->name;
	opts.adapter = args->adapter ? args->adapter - 1 : 0;
	opts.protocol = args->udp ? "udp" : NULL;
	opts.host_ip = args->host_ip && streq(args->host_ip, "all") ? "" : args->host_ip;
	opts.guest_ip = args->guest_ip;
	rc = vbc_forward_add(ctx->host, args->words[0], &opts, &brief_wait, &forward, &ctx->err);
	if (rc)
		return rc;
	out_object(ctx->out, columns);
	forward_add_cells(ctx->out, forward);
	vbc_forward_free(forward);
	return 0;
}

static int forward_delete(struct ctx *ctx, const struct args *args)
{
	int rc = 0;

	for (size_t i = 1; i < args->n_words && !rc; i++) {
		rc = vbc_forward_delete(ctx->host, args->words[0], args->words[i], &brief_wait,
					&ctx->err);
		if (!rc)
			note("deleted forward '%s'", args->words[i]);
	}
	return rc;
}
