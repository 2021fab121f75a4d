/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node create: a node from an image.
 */
#include "cmd-node-create.h"

#include <stdlib.h>

#include "cmd-node-many.h"
#include "cmd-node.h"
#include "firmware.h"
#include "identity.h"
#include "place.h"
#include "reach.h"
#include "report.h"
#include "size-parts.h"
#include "util.h"

enum wait_kind { WAIT_DEFAULT, WAIT_RUNNING, WAIT_ADDRESS, WAIT_SSH };

enum { COUNT_MAX = 1000 };

static const struct choice waits[] = {
	{"running", WAIT_RUNNING},
	{"address", WAIT_ADDRESS},
	{"ssh", WAIT_SSH},
	{NULL, 0},
};

const struct opt node_create_opts[] = {
	{
		.name = "--image",
		.value = "IMAGE",
		OPT(image),
		.complete = COMPLETE_IMAGE,
		.help = "the image to copy, by id or name",
	},
	{
		.name = "--iso",
		.value = "FILE",
		OPT(iso),
		.complete = COMPLETE_FILE,
		.help = "install from this disc instead: PATH here, or host:PATH there",
	},
	{
		.name = "--size",
		.value = "SIZE",
		OPT(size),
		.complete = COMPLETE_SIZE,
		.help = "CPUs, memory and disk; by default " VBC_SIZE_DEFAULT
			", or what the image needs",
	},
	OPTS_SIZE_PARTS,
	OPT_TAG,
	{
		.name = "--description",
		.value = "TEXT",
		OPT(description),
		.help = "any text",
	},
	{
		.name = "--serial",
		OPT(serial),
		.help = "keep what its guest writes to the first serial port for 'node console'",
	},
	{
		.name = "--serial-file",
		.value = "PATH",
		OPT(serial_file),
		.help = "a file on the host that the first serial port is written to",
	},
	{
		.name = "--os-type",
		.value = "TYPE",
		OPT(os_type),
		.help = "VirtualBox's id of the guest's system; by default the image's",
	},
	{
		.name = "--firmware",
		.value = "KIND",
		OPT_ONE_OF(firmware, firmwares),
		.help = "its firmware: bios, efi or efi-secure; by default the image's",
	},
	OPTS_NETWORKS,
	OPTS_FIRST_BOOT,
	{
		.name = "--display",
		.value = "PORT",
		OPT(display),
		.help = "a remote display on that port of the host's loopback address, auto or "
			"none",
	},
	OPT_DISPLAY_PASSWORD,
	OPT_LINKED,
	OPTS_PLACE,
	{
		.name = "--count",
		.value = "N",
		OPT(count),
		.min = 1,
		.help = "make N nodes at once, called NAME-1 to NAME-N",
	},
	{
		.name = "--no-start",
		OPT(no_start),
		.help = "leave the node stopped",
	},
	{
		.name = "--wait",
		.value = "FOR",
		OPT_ONE_OF(wait, waits),
		.help = "what to wait for: running (the default), address or ssh",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

/* The node is there, whatever comes of this. */
static int node_await_ssh(struct ctx *ctx, const struct vbc_node *node, unsigned timeout_s,
			  struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(timeout_s);
	struct vbc_ssh *ssh = NULL;
	int rc = reach_ssh(ctx, node->id, true, &wait, &ssh, err);

	vbc_ssh_free(ssh);
	return rc;
}

/* The same; the node is read anew, with its address. */
static int node_await_address(struct ctx *ctx, struct made_node *made, unsigned timeout_s,
			      struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(timeout_s);
	struct vbc_node *reached = NULL;
	int rc = vbc_node_wait_address(ctx->host, made_node_get(made)->id, &wait, &reached, err);

	if (rc)
		return rc;
	vbc_node_free(made->node);
	made->node = reached;
	return 0;
}

/* What all nodes of one command have in common. */
struct creating {
	struct ctx *ctx;
	const struct args *args;
	const struct vbc_node_create_opts *opts;
	const char *identity;                  /* the private key that logs in, or NULL */
	const struct vbc_placement *placement; /* on several hosts, or NULL             */
};

/* The node is there: what is not remembered can be said again. */
void node_remember_identity(const struct vbc_node *node, const char *identity)
{
	struct vbc_error err = {0};

	if (identity && identity_remember(node->id, identity, &err))
		warn("the key of node '%s' is not remembered: %s", node->name, err.text);
}

/* On the host that the context is of. */
static int node_await(const struct creating *c, struct ctx *on, struct made_node *made,
		      struct vbc_error *err)
{
	const struct vbc_node *node = made_node_get(made);
	int rc = 0;

	if (c->args->wait == WAIT_SSH)
		rc = node_await_ssh(on, node, c->args->timeout_s, err);
	else if (c->args->wait == WAIT_ADDRESS)
		rc = node_await_address(on, made, c->args->timeout_s, err);
	if (rc && made->placed)
		warn("node '%s' was created on %s: %s", node->name, made->placed->host, node->id);
	else if (rc)
		warn("node '%s' was created: %s", node->name, node->id);
	return rc;
}

static int node_make_one_of(const void *arg, size_t nth, const char *name, struct made_node *ret,
			    struct vbc_error *err)
{
	const struct creating *c = arg;
	struct vbc_wait wait = begin_wait(c->args->timeout_s);
	struct made_node made = {.node = NULL};
	struct ctx on = *c->ctx;
	int rc = c->placement
			 ? vbc_fleet_node_create_at(c->ctx->fleet, c->placement, nth, name, c->opts,
						    place_opts(c->ctx->place), &wait, &made.placed,
						    err)
			 : vbc_node_create(c->ctx->host, name, c->opts, &wait, &made.node, err);

	if (rc)
		return rc;
	if (made.placed)
		on = place_on(c->ctx, made.placed->number);
	node_remember_identity(made_node_get(&made), c->identity);
	rc = node_await(c, &on, &made, err);
	if (rc)
		made_node_free(&made);
	else
		*ret = made;
	return rc;
}

/* What only one node can have. */
static int count_check(const struct args *args, const struct vbc_node_create_opts *opts,
		       struct vbc_error *err)
{
	const char *what = args->serial_file ? "'--serial-file'"
			   : args->hostname  ? "'--hostname'"
					     : NULL;

	if (!args->count)
		return 0;
	if (args->count > COUNT_MAX)
		return fail(err, VBC_E_ARG, "one command makes at most %d nodes, not %u", COUNT_MAX,
			    args->count);
	if (opts->display && opts->display->port)
		what = "'--display' with a port (instead of 'auto')";
	for (size_t i = 0; i < opts->n_forwards; i++)
		if (opts->forwards[i]->host_port)
			what = "'--forward' with a port of the host";
	return what ? fail(err, VBC_E_ARG,
			   "%s cannot be used with '--count': several nodes cannot share one", what)
		    : 0;
}

static int node_make_and_show(const struct creating *c, const char *name)
{
	struct made_node made;
	int rc = node_make_one_of(c, 0, name, &made, &c->ctx->err);

	if (rc)
		return rc;
	out_object(c->ctx->out, node_columns);
	node_add_cells(c->ctx->out, made_node_host(c->ctx, &made), made_node_get(&made));
	made_node_free(&made);
	return 0;
}

static char *count_tell(const char *name, unsigned n)
{
	return n == 1 ? format("create node '%s-1'", name)
		      : format("create nodes '%s-1' to '%s-%u'", name, name, n);
}

/* Of many nodes; whether the last one could be made is asked: it has the longest name. */
static int node_make_pretend(const struct creating *c, const char *name)
{
	char *last FREE = format("%s-%u", name, c->args->count);

	c->ctx->would = count_tell(name, c->args->count);
	return node_make_and_show(c, last);
}

/* -- on one of several hosts ---------------------------------------------------------------- */

static int placement_check_count(const struct creating *c, const struct vbc_placement *placement)
{
	unsigned count = c->args->count ? c->args->count : 1;

	if (!placement->n_fit)
		return vbc_placement_fail(placement, &c->ctx->err);
	return placement->n_nodes < count
		       ? fail(&c->ctx->err, VBC_E_SPACE,
			      "the hosts have room for %zu of %u such nodes: see --dry-run",
			      placement->n_nodes, count)
		       : 0;
}

/* "create node 'web' on vb1", "create nodes 'web-1' to 'web-3' on vb1, vb2, vb1" */
static char *placement_tell(const struct creating *c, const struct vbc_placement *placement,
			    const char *name)
{
	char *text = c->args->count ? count_tell(name, c->args->count)
				    : format("create node '%s'", name);

	for (size_t i = 0; i < placement->n_nodes; i++) {
		char *longer = format("%s%s %s", text, i ? "," : " on",
				      placement->v[placement->nodes[i]]->host);

		free(text);
		text = longer;
	}
	return text;
}

/* The table is there whatever comes of it. */
static int node_create_placed_pretend(struct creating *c, const char *name)
{
	struct ctx *ctx = c->ctx;
	struct made_node made = {.node = NULL};
	char *text FREE = placement_tell(c, c->placement, name);
	int rc = placement_check_count(c, c->placement);

	if (!rc)
		rc = node_make_one_of(c, 0, name, &made, &ctx->err);
	if (rc == VBC_E_DRY_RUN) {
		note("would %s", text);
	} else if (rc) {
		report_error(&ctx->err);
		ctx->status = exit_status(rc);
	}
	made_node_free(&made);
	place_show(ctx, c->placement);
	return 0;
}

static int node_create_placed(struct creating *c, const char *name)
{
	struct vbc_placement *placement = NULL;
	int rc = vbc_node_create_check(name, c->opts, &c->ctx->err);

	if (!rc)
		rc = place_find(c->ctx, c->opts, c->args->count, &placement);
	if (rc)
		return rc;
	c->placement = placement;
	if (c->args->pretend)
		rc = node_create_placed_pretend(c, name);
	else
		rc = placement_check_count(c, placement);
	if (!rc && !c->args->pretend)
		rc = c->args->count ? nodes_make(c->ctx, name, c->args->count, node_make_one_of, c)
				    : node_make_and_show(c, name);
	vbc_placement_free(placement);
	return rc;
}

/* An installer is worked with on a display, so it has one unless none is asked for. */
static const char *display_of(const struct args *args)
{
	if (args->display)
		return streq(args->display, "none") ? NULL : args->display;
	return args->iso ? "auto" : NULL;
}

static int origin_check(const struct args *args, struct vbc_error *err)
{
	if (!args->image && !args->iso)
		return fail(err, VBC_E_ARG,
			    "'node create' needs --image IMAGE or --iso PATH: see 'node create "
			    "--help'");
	if (args->image && args->iso)
		return fail(err, VBC_E_ARG,
			    "'--iso' cannot be used with '--image': omit one of them");
	if (args->iso && args->linked)
		return fail(err, VBC_E_ARG,
			    "'--linked' cannot be used with '--iso': there is no image to link to");
	if (args->iso && !args->display && !args->display_password_file)
		return fail(err, VBC_E_ARG,
			    "the display that an installer is seen on needs a password: give "
			    "'--display-password-file', or '--display none' to have no display");
	return 0;
}

int creation_read(const struct args *args, struct creation *ret, struct vbc_error *err)
{
	struct vbc_node_create_opts *opts = &ret->opts;
	const char *shown = display_of(args);

	if (size_parts_read(args, &ret->size, err) ||
	    networks_read(args, &ret->networks, opts, err) ||
	    first_boot_read(args, &ret->first_boot, err) ||
	    display_request_read(args, shown, &ret->display, err))
		return err->code;
	if (args->display_password_file && !shown)
		return fail(err, VBC_E_ARG,
			    "'--display-password-file' can be used only with '--display'");
	if (args->serial && args->serial_file)
		return fail(err, VBC_E_ARG,
			    "'--serial' cannot be used with '--serial-file': omit one of them");
	opts->display = shown ? &ret->display.opts : NULL;
	opts->first_boot = ret->first_boot.any ? &ret->first_boot.told : NULL;
	opts->image = args->image;
	opts->node_size = ret->size;
	ret->tags = tag_list_read(&args->tags);
	opts->tags = ret->tags.v;
	opts->n_tags = ret->tags.n;
	opts->description = args->description;
	opts->serial_file = args->serial_file;
	opts->serial = args->serial;
	opts->iso = args->iso;
	opts->os_type = args->os_type;
	opts->firmware = firmware_of(args);
	opts->no_start = args->no_start;
	opts->linked = args->linked;
	return 0;
}

void creation_done(struct creation *creation)
{
	first_boot_done(&creation->first_boot);
	display_request_free(&creation->display);
	tag_list_done(&creation->tags);
	free(creation->size);
}

int node_create(struct ctx *ctx, const struct args *args)
{
	struct creation creation CLEANUP(creation_done) = CREATION_INIT;
	struct creating creating = {.ctx = ctx, .args = args, .opts = &creation.opts};
	int rc;

	if (origin_check(args, &ctx->err))
		return ctx->err.code;
	if (args->no_start && args->wait)
		return fail(&ctx->err, VBC_E_ARG,
			    "'--wait' cannot be used with '--no-start': omit one of them");
	rc = creation_read(args, &creation, &ctx->err);
	if (!rc)
		rc = count_check(args, &creation.opts, &ctx->err);
	if (rc)
		return rc;
	creating.identity = creation.first_boot.identity;
	if (ctx->fleet)
		return node_create_placed(&creating, args->words[0]);
	if (args->count && args->pretend)
		return node_make_pretend(&creating, args->words[0]);
	if (args->count)
		return nodes_make(ctx, args->words[0], args->count, node_make_one_of, &creating);
	return node_make_and_show(&creating, args->words[0]);
}
