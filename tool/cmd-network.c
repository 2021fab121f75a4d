/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud network: what nodes are attached to.
 */
#include "networks.h"
#include "report.h"

static int network_list(struct ctx *ctx, const struct args *args);
static int network_create(struct ctx *ctx, const struct args *args);
static int network_delete(struct ctx *ctx, const struct args *args, const char *name,
			  struct vbc_error *err);
static int network_attach(struct ctx *ctx, const struct args *args);
static int network_detach(struct ctx *ctx, const struct args *args);

static const struct choice kinds[] = {
	{"natnetwork", VBC_NETWORK_KIND_NATNETWORK},
	{"hostonly", VBC_NETWORK_KIND_HOSTONLY},
	{"hostonlynet", VBC_NETWORK_KIND_HOSTONLYNET},
	{NULL, 0},
};

static const struct opt create_opts[] = {
	{
		.name = "--kind",
		.value = "KIND",
		OPT_ONE_OF(network_kind, kinds),
		.help = "natnetwork, hostonly or hostonlynet; natnetwork by default",
	},
	{
		.name = "--cidr",
		.value = "RANGE",
		OPT(cidr),
		.help = "its addresses, like 10.9.0.0/24; by default VirtualBox's choice",
	},
	{
		.name = "--no-dhcp",
		OPT(no_dhcp),
		.help = "do not assign addresses, in a NAT network",
	},
	{.name = NULL},
};

static const struct opt attach_opts[] = {
	{
		.name = "--adapter",
		.value = "N",
		OPT_ONE_OF(adapter, adapter_choices),
		.help = "the adapter, counted from 0; by default the first that is off",
	},
	{.name = NULL},
};

static const struct opt detach_opts[] = {
	{
		.name = "--adapter",
		.value = "N",
		OPT_ONE_OF(adapter, adapter_choices),
		.required = true,
		.help = "the adapter, counted from 0",
	},
	{.name = NULL},
};

static const struct column columns[] = {
	{"kind", "KIND"}, {"name", "NAME"}, {"cidr", "ADDRESSES"},
	{"dhcp", NULL},   {"up", "UP"},     {NULL, NULL},
};

static const struct narrow narrow[] = {
	{"kind", "KIND", CUT_NEVER},
	{"name", "NAME", CUT_FIRST},
	{"cidr", "ADDRESSES", CUT_LAST},
	{"up", "UP", CUT_NEVER},
	{.key = NULL},
};

const struct cmd network_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the networks",
		.opts = list_opts,
		.columns = columns,
		.run = network_list,
	},
	{
		.name = "create",
		.help = "make a network",
		.would = "create network %1",
		.more = "Host-only interfaces get their names from VirtualBox: with --kind "
			"hostonly omit NAME.",
		.words = {{.name = "NAME", .optional = true}},
		.opts = create_opts,
		.run = network_create,
	},
	{
		.name = "delete",
		.also = ALSO_DELETE,
		.help = "delete networks that no node uses",
		.would = "delete network %1",
		.words = {{.name = "NAME", .many = true}},
		.run_each = network_delete,
	},
	{
		.name = "attach",
		.help = "attach an adapter of a stopped node to a network",
		.would = "attach node %1 to network %2",
		.more = "NETWORK is KIND or KIND:NAME, such as nat, internal:lab or bridged:eth0.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NETWORK"}},
		.opts = attach_opts,
		.run = network_attach,
	},
	{
		.name = "detach",
		.help = "switch an adapter of a stopped node off",
		.would = "detach an adapter of node %1",
		.more = "Its forwards go with it.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = detach_opts,
		.run = network_detach,
	},
	{.name = NULL},
};

static void network_add_cells(struct out *out, const struct vbc_network *network)
{
	out_text(out, vbc_network_kind_name(network->kind));
	out_text(out, network->name);
	out_text_or_null(out, network->cidr);
	out_bool(out, network->dhcp);
	out_bool(out, network->up);
}

static int network_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_networks *networks;
	int rc = vbc_network_list(ctx->host, &networks, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < networks->n; i++)
		network_add_cells(ctx->out, networks->v[i]);
	vbc_networks_free(networks);
	return 0;
}

static int network_create(struct ctx *ctx, const struct args *args)
{
	struct vbc_network_create_opts opts = VBC_NETWORK_CREATE_OPTS_INIT;
	struct vbc_network *network;

	if (args->network_kind)
		opts.kind = (enum vbc_network_kind)args->network_kind;
	opts.name = args->n_words ? args->words[0] : NULL;
	opts.cidr = args->cidr;
	opts.no_dhcp = args->no_dhcp;
	int rc = vbc_network_create(ctx->host, &opts, &brief_wait, &network, &ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, columns);
	network_add_cells(ctx->out, network);
	vbc_network_free(network);
	return 0;
}

static int network_delete(struct ctx *ctx, const struct args *args, const char *name,
			  struct vbc_error *err)
{
	int rc = vbc_network_delete(ctx->host, name, &brief_wait, err);

	(void)args;
	if (!rc)
		note("deleted network '%s'", name);
	return rc;
}

static int network_attach(struct ctx *ctx, const struct args *args)
{
	struct vbc_network_attach_opts opts = VBC_NETWORK_ATTACH_OPTS_INIT;
	struct vbc_network_choice choice;
	unsigned slot;
	int rc = vbc_network_parse(args->words[1], &choice, &ctx->err);

	opts.slot = (int)args->adapter - 1;
	if (!rc)
		rc = vbc_network_attach(ctx->host, args->words[0], &choice, &opts, &brief_wait,
					&slot, &ctx->err);
	if (!rc)
		note("attached adapter %u of node '%s'", slot, args->words[0]);
	return rc;
}

static int network_detach(struct ctx *ctx, const struct args *args)
{
	return vbc_network_detach(ctx->host, args->words[0], args->adapter - 1, &brief_wait,
				  &ctx->err);
}
