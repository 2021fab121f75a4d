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

	if (rc)
		warn("node '%s' was created: %s", node->name, node->id);
	vbc_ssh_free(ssh);
	return rc;
}

/* The same; the node is read anew, with its address. */
static int node_await_address(struct vbc_host *host, struct vbc_node **node, unsigned timeout_s,
			      struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(timeout_s);
	struct vbc_node *reached = NULL;
	int rc = vbc_node_wait_address(host, (*node)->id, &wait, &reached, err);

	if (rc) {
		warn("node '%s' was created: %s", (*node)->name, (*node)->id);
		return rc;
	}
	vbc_node_free(*node);
	*node = reached;
	return 0;
}

/* What all nodes of one command have in common. */
struct creating {
	struct ctx *ctx;
	const struct args *args;
	const struct vbc_node_create_opts *opts;
	const char *identity; /* the private key that logs in, or NULL */
};

/* The node is there: what is not remembered can be said again. */
void node_remember_identity(const struct vbc_node *node, const char *identity)
{
	struct vbc_error err = {0};

	if (identity && identity_remember(node->id, identity, &err))
		warn("the key of node '%s' is not remembered: %s", node->name, err.text);
}

static int node_make(const struct creating *c, const char *name, struct vbc_node **ret_node,
		     struct vbc_error *err)
{
	unsigned timeout_s = c->args->timeout_s;
	struct vbc_wait wait = begin_wait(timeout_s);
	struct vbc_node *node;
	int rc = vbc_node_create(c->ctx->host, name, c->opts, &wait, &node, err);

	if (rc)
		return rc;
	node_remember_identity(node, c->identity);
	if (c->args->wait == WAIT_SSH)
		rc = node_await_ssh(c->ctx, node, timeout_s, err);
	else if (c->args->wait == WAIT_ADDRESS)
		rc = node_await_address(c->ctx->host, &node, timeout_s, err);
	if (rc)
		vbc_node_free(node);
	else
		*ret_node = node;
	return rc;
}

static int node_make_one_of(const void *arg, const char *name, struct vbc_node **ret_node,
			    struct vbc_error *err)
{
	return node_make(arg, name, ret_node, err);
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
	struct vbc_node *node;
	int rc = node_make(c, name, &node, &c->ctx->err);

	return rc ? rc : node_show_and_free(c->ctx, node);
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
	    display_wish_read(args, shown, &ret->display, err))
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
	display_wish_done(&creation->display);
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
	if (args->count && args->pretend)
		return node_make_pretend(&creating, args->words[0]);
	if (args->count)
		return nodes_make(ctx, args->words[0], args->count, node_make_one_of, &creating);
	return node_make_and_show(&creating, args->words[0]);
}
