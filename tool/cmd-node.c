/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node: virtual machines.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "cmd.h"
#include "display.h"
#include "file.h"
#include "firmware.h"
#include "first-boot.h"
#include "network-cells.h"
#include "networks.h"
#include "report.h"
#include "util.h"

static int list(struct ctx *ctx, const struct args *args);
static int show(struct ctx *ctx, const struct args *args);
static int create(struct ctx *ctx, const struct args *args);
static int clone_node(struct ctx *ctx, const struct args *args);
static int start(struct ctx *ctx, const struct args *args);
static int stop(struct ctx *ctx, const struct args *args);
static int reboot(struct ctx *ctx, const struct args *args);
static int destroy(struct ctx *ctx, const struct args *args);
static int wait_for(struct ctx *ctx, const struct args *args);
static int screenshot(struct ctx *ctx, const struct args *args);

enum wait_kind { WAIT_DEFAULT, WAIT_RUNNING, WAIT_ADDRESS, WAIT_SSH };

/* No states, but one can wait for them: an address is known, the guest's SSH server answers. */
enum { STATE_ADDRESS = 1000, STATE_SSH };

static const struct choice waits[] = {
	{"running", WAIT_RUNNING},
	{"address", WAIT_ADDRESS},
	{"ssh", WAIT_SSH},
	{NULL, 0},
};

static const struct choice states[] = {
	{"running", VBC_NODE_RUNNING},   {"starting", VBC_NODE_STARTING},
	{"stopping", VBC_NODE_STOPPING}, {"stopped", VBC_NODE_STOPPED},
	{"paused", VBC_NODE_PAUSED},     {"suspended", VBC_NODE_SUSPENDED},
	{"updating", VBC_NODE_UPDATING}, {"address", STATE_ADDRESS},
	{"ssh", STATE_SSH},              {NULL, 0},
};

static const struct opt create_opts[] = {
	{
		.name = "--image",
		.value = "IMAGE",
		OPT(image),
		.required = true,
		.complete = COMPLETE_IMAGE,
		.help = "the image to copy, by id or name",
	},
	{
		.name = "--size",
		.value = "SIZE",
		OPT(size),
		.complete = COMPLETE_SIZE,
		.help = "CPUs, memory and disk; else " VBC_SIZE_DEFAULT,
	},
	{
		.name = "--description",
		.value = "TEXT",
		OPT(description),
		.help = "any text",
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
		.help = "VirtualBox's id of the guest's system; else the image's",
	},
	{
		.name = "--firmware",
		.value = "KIND",
		OPT_ONE_OF(firmware, firmwares),
		.help = "what it starts with: bios, efi or efi-secure; else the image's",
	},
	OPTS_NETWORKS,
	OPTS_FIRST_BOOT,
	{
		.name = "--display",
		.value = "PORT",
		OPT(display),
		.help = "a remote display on that port of the host's loopback, or auto: on any",
	},
	{
		.name = "--display-password-file",
		.value = "FILE",
		OPT(display_password_file),
		.complete = COMPLETE_FILE,
		.help = "the password to see it, 1 to 8 characters; kept readable on the host",
	},
	{
		.name = "--linked",
		OPT(linked),
		.help = "keep only what differs from the image, which must stay then",
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
		.help = "what to wait for: running, as without this option, address or ssh",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt clone_opts[] = {
	{
		.name = "--size",
		.value = "SIZE",
		OPT(size),
		.complete = COMPLETE_SIZE,
		.help = "CPUs, memory and disk; else those of the node",
	},
	{
		.name = "--snapshot",
		.value = "SNAPSHOT",
		OPT(snapshot),
		.help = "the disk as it was at this snapshot of the node",
	},
	{
		.name = "--linked",
		OPT(linked),
		.help = "keep only what differs from a snapshot of the node, which must stay then",
	},
	{
		.name = "--no-start",
		OPT(no_start),
		.help = "leave the new node stopped",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt timeout_opts[] = {OPT_TIMEOUT, {.name = NULL}};

static const struct opt stop_opts[] = {
	{
		.name = "--force",
		OPT(force),
		.help = "cut the power instead of asking the guest",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt reboot_opts[] = {
	{
		.name = "--force",
		OPT(force),
		.help = "press the reset button instead of asking the guest",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt wait_opts[] = {
	{
		.name = "--state",
		.value = "STATE",
		OPT_ONE_OF(state, states),
		.required = true,
		.help = "running, starting, stopping, stopped, paused, suspended, updating, "
			"address: one is known, or ssh: it answers",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct opt screenshot_opts[] = {
	{
		.name = "-o",
		.value = "FILE",
		OPT(file),
		.required = true,
		.complete = COMPLETE_FILE,
		.help = "the file to write, complete or not at all; - is standard output",
	},
	{.name = NULL},
};

const struct cmd node_cmds[] = {
	{
		.name = "list",
		.help = "list the nodes",
		.run = list,
	},
	{
		.name = "show",
		.help = "show all that is known about a node",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.run = show,
	},
	{
		.name = "create",
		.help = "make a node from an image, start it, show it",
		.more = "NAME is any text of 1 to 255 characters; several nodes may share a name. "
			"A "
			"create that fails or is cancelled leaves nothing on the host.",
		.words = {{.name = "NAME"}},
		.opts = create_opts,
		.run = create,
	},
	{
		.name = "start",
		.help = "start nodes and wait until they run",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run = start,
	},
	{
		.name = "stop",
		.help = "shut nodes down and wait until they are off",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = stop_opts,
		.run = stop,
	},
	{
		.name = "reboot",
		.help = "reboot running nodes",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = reboot_opts,
		.run = reboot,
	},
	{
		.name = "pause",
		.help = "pause running nodes in memory",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.run = node_pause,
	},
	{
		.name = "suspend",
		.help = "save the state of nodes to the host's disk and switch them off",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run = node_suspend,
	},
	{
		.name = "resume",
		.help = "let paused or suspended nodes go on",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run = node_resume,
	},
	{
		.name = "discard",
		.help = "throw the saved state of suspended nodes away",
		.more = "The nodes are stopped then, as if their power had been cut.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.run = node_discard,
	},
	{
		.name = "rename",
		.help = "give a stopped node another name",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NAME"}},
		.run = node_rename,
	},
	{
		.name = "resize",
		.help = "give a stopped node another size",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_resize_opts,
		.run = node_resize,
	},
	{
		.name = "describe",
		.help = "set the description of a node, or remove it",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, 
			  {.name = "TEXT", .optional = true}},
		.run = node_describe,
	},
	{
		.name = "tag",
		.help = "set tags of a node",
		.more = "TAG is KEY=VALUE or KEY.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "TAG", .many = true}},
		.run = node_tag,
	},
	{
		.name = "untag",
		.help = "take tags of a node away",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "KEY", .many = true}},
		.run = node_untag,
	},
	{
		.name = "clone",
		.help = "make a node like another, start it, show it",
		.more = "Volumes, snapshots and the seed of the first boot are not copied.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NAME"}},
		.opts = clone_opts,
		.run = clone_node,
	},
	{
		.name = "teleport",
		.help = "move a running node to another host",
		.more = "The other host must see the node's files at the same path.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_teleport_opts,
		.run = node_teleport,
	},
	{
		.name = "destroy",
		.help = "cut the power of nodes and delete them with their disks",
		.more = "Disks that are not a node's own are detached and stay.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run = destroy,
	},
	{
		.name = "wait",
		.help = "wait until nodes are in a state",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = wait_opts,
		.run = wait_for,
	},
	{
		.name = "ssh",
		.help = "log in to a running node, or run a command in it, with ssh",
		.more = "Ends with the exit status of ssh. Of CMD, what begins with - is written "
			"after --. The host key that a node shows first is accepted, and no other "
			"one later.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "CMD", .many = true, .optional = true}},
		.opts = node_ssh_opts,
		.run = node_ssh,
	},
	{
		.name = "seed",
		.help = "prepare another first boot of a stopped node",
		.more = "The seed replaces the one that the node was made with, whole.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_seed_opts,
		.run = node_seed,
	},
	{
		.name = "screenshot",
		.help = "save a picture of a node's screen as PNG",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = screenshot_opts,
		.run = screenshot,
	},
	{
		.name = "display",
		.help = "show where the screen of a node is seen over the network, or enable that",
		.more = "Without --on or --off nothing is changed. VNC is not encrypted.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_display_opts,
		.run = node_display,
	},
	{
		.name = "log",
		.help = "print the log that VirtualBox has written of a node's last run",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.run = node_log,
	},
	{.name = NULL},
};

static const struct column columns[] = {
	{"name", "NAME"},      {"id", "ID"},        {"state", "STATE"},
	{"size", "SIZE"},      {"image", "IMAGE"},  {"created_at", "CREATED"},
	{"cpus", NULL},        {"memory_mb", NULL}, {"disk_gb", NULL},
	{"host", NULL},        {"os_type", NULL},   {"public_ips", NULL},
	{"private_ips", NULL}, {"addresses", NULL}, {"forwards", NULL},
	{"adapters", NULL},    {"tags", NULL},      {"extra", NULL},
	{"firmware", NULL},    {NULL, NULL},
};

static void add_tags(struct out *out, const struct vbc_node *node)
{
	struct pair *pairs FREE = must(calloc(node->tags.n + 1, sizeof(*pairs)));

	for (size_t i = 0; i < node->tags.n; i++)
		pairs[i] = (struct pair){node->tags.v[i]->key, node->tags.v[i]->value};
	out_pairs(out, pairs, node->tags.n);
}

static void add_node(struct ctx *ctx, const struct vbc_node *node)
{
	struct pair extra[] = {
		{"machine_state", node->machine_state},
		{"settings_file", node->settings_file},
		{"description", node->description},
		{"error", node->error},
	};

	out_text(ctx->out, node->name);
	out_text(ctx->out, node->id);
	out_text(ctx->out, vbc_node_state_name(node->state));
	out_text_or_null(ctx->out, node->size);
	out_text_or_null(ctx->out, node->image);
	out_time(ctx->out, node->created_at_ms);
	out_number_or_null(ctx->out, node->cpus);
	out_number_or_null(ctx->out, node->memory_mb);
	out_number_or_null(ctx->out, node->disk_gb);
	out_text(ctx->out, ctx->url);
	out_text_or_null(ctx->out, node->os_type);
	add_network(ctx->out, node);
	add_tags(ctx->out, node);
	out_pairs(ctx->out, extra, COUNT(extra));
	out_text_or_null(ctx->out, node->firmware);
}

static int list(struct ctx *ctx, const struct args *args)
{
	/* Each group of fields costs the host calls: the table needs only what it shows. */
	unsigned fields =
		ctx->format == OUT_JSON ? (unsigned)VBC_NODE_ALL : VBC_NODE_NAME | VBC_NODE_SIZE;
	struct vbc_nodes *nodes;
	int rc = vbc_node_list(ctx->host, fields, &nodes, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	for (size_t i = 0; i < nodes->n; i++)
		add_node(ctx, nodes->v[i]);
	vbc_nodes_free(nodes);
	return 0;
}

static int show(struct ctx *ctx, const struct args *args)
{
	struct vbc_node *node;
	int rc = vbc_node_get(ctx->host, args->words[0], &node, &ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, columns);
	add_node(ctx, node);
	vbc_node_free(node);
	return 0;
}

/* The node is there, whatever comes of this. */
static int await_ssh(struct ctx *ctx, const struct vbc_node *node, unsigned timeout_s)
{
	struct vbc_wait wait = begin_wait(timeout_s);
	struct vbc_ssh *ssh = NULL;
	int rc = vbc_ssh_wait(ctx->host, node->id, &wait, &ssh, &ctx->err);

	if (rc)
		warn("node '%s' was created: %s", node->name, node->id);
	vbc_ssh_free(ssh);
	return rc;
}

/* The same; the node is read anew, with its address. */
static int await_address(struct ctx *ctx, struct vbc_node **node, unsigned timeout_s)
{
	struct vbc_wait wait = begin_wait(timeout_s);
	struct vbc_node *reached = NULL;
	int rc = vbc_node_wait_address(ctx->host, (*node)->id, &wait, &reached, &ctx->err);

	if (rc) {
		warn("node '%s' was created: %s", (*node)->name, (*node)->id);
		return rc;
	}
	vbc_node_free(*node);
	*node = reached;
	return 0;
}

static int create(struct ctx *ctx, const struct args *args)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct first_boot first_boot CLEANUP(first_boot_done) = {.any = false};
	struct display_wish display CLEANUP(display_wish_done) = {.password = NULL};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct networks networks;
	struct vbc_node *node;

	if (args->no_start && args->wait)
		return fail(&ctx->err, VBC_E_ARG,
			    "'--wait' cannot be used with '--no-start': leave one away");
	if (networks_read(args, &networks, &opts, &ctx->err) ||
	    first_boot_read(args, &first_boot, &ctx->err) ||
	    display_wish_read(args, args->display, &display, &ctx->err))
		return ctx->err.code;
	if (args->display_password_file && !args->display)
		return fail(&ctx->err, VBC_E_ARG,
			    "'--display-password-file' is of use with '--display' only");
	opts.display = args->display ? &display.opts : NULL;
	opts.first_boot = first_boot.any ? &first_boot.told : NULL;
	opts.image = args->image;
	opts.node_size = args->size;
	opts.description = args->description;
	opts.serial_file = args->serial_file;
	opts.os_type = args->os_type;
	opts.firmware = firmware_of(args);
	opts.no_start = args->no_start;
	opts.linked = args->linked;
	int rc = vbc_node_create(ctx->host, args->words[0], &opts, &wait, &node, &ctx->err);

	if (rc)
		return rc;
	if (args->wait == WAIT_SSH)
		rc = await_ssh(ctx, node, args->timeout_s);
	else if (args->wait == WAIT_ADDRESS)
		rc = await_address(ctx, &node, args->timeout_s);
	if (!rc) {
		out_object(ctx->out, columns);
		add_node(ctx, node);
	}
	vbc_node_free(node);
	return rc;
}

static int clone_node(struct ctx *ctx, const struct args *args)
{
	const struct vbc_node_clone_opts opts = {.size = sizeof(opts),
						 .node_size = args->size,
						 .no_start = args->no_start,
						 .snapshot = args->snapshot,
						 .linked = args->linked};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_node *node;
	int rc = vbc_node_clone(ctx->host, args->words[0], args->words[1], &opts, &wait, &node,
				&ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, columns);
	add_node(ctx, node);
	vbc_node_free(node);
	return 0;
}

static int start_one(struct ctx *ctx, const struct args *args, const char *node,
		     struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_start(ctx->host, node, &wait, err);

	if (!rc)
		note("node '%s' runs", node);
	return rc;
}

static int start(struct ctx *ctx, const struct args *args)
{
	return for_each_word(ctx, args, start_one);
}

static int stop_one(struct ctx *ctx, const struct args *args, const char *node,
		    struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_stop(ctx->host, node, args->force, &wait, err);

	if (!rc)
		note("node '%s' is stopped", node);
	return rc;
}

static int stop(struct ctx *ctx, const struct args *args)
{
	return for_each_word(ctx, args, stop_one);
}

static int reboot_one(struct ctx *ctx, const struct args *args, const char *node,
		      struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_reboot(ctx->host, node, args->force, &wait, err);

	if (!rc)
		note("rebooted node '%s'", node);
	return rc;
}

static int reboot(struct ctx *ctx, const struct args *args)
{
	return for_each_word(ctx, args, reboot_one);
}

static int destroy_one(struct ctx *ctx, const struct args *args, const char *node,
		       struct vbc_error *err)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc = vbc_node_destroy(ctx->host, node, &wait, err);

	if (!rc)
		note("destroyed node '%s'", node);
	return rc;
}

static int destroy(struct ctx *ctx, const struct args *args)
{
	return for_each_word(ctx, args, destroy_one);
}

static int wait_for_address(struct ctx *ctx, const char *node, const struct vbc_wait *wait,
			    struct vbc_error *err)
{
	struct vbc_node *found;
	int rc = vbc_node_wait_address(ctx->host, node, wait, &found, err);

	if (rc)
		return rc;
	const struct vbc_address *a = found->addresses.v[0];

	if (a->port)
		note("node '%s' is reached at %s port %u (%s)", node, a->host, a->port,
		     vbc_address_source_name(a->source));
	else
		note("node '%s' is reached at %s (%s)", node, a->host,
		     vbc_address_source_name(a->source));
	vbc_node_free(found);
	return 0;
}

static int wait_for_ssh(struct ctx *ctx, const char *node, const struct vbc_wait *wait,
			struct vbc_error *err)
{
	struct vbc_ssh *ssh;
	int rc = vbc_ssh_wait(ctx->host, node, wait, &ssh, err);

	if (rc)
		return rc;
	note("node '%s' answers by SSH at %s port %u", node, ssh->address, ssh->port);
	vbc_ssh_free(ssh);
	return 0;
}

static int wait_one(struct ctx *ctx, const struct args *args, const char *node,
		    struct vbc_error *err)
{
	enum vbc_node_state state = (enum vbc_node_state)args->state;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc;

	if (args->state == STATE_ADDRESS)
		return wait_for_address(ctx, node, &wait, err);
	if (args->state == STATE_SSH)
		return wait_for_ssh(ctx, node, &wait, err);
	rc = vbc_node_wait(ctx->host, node, state, &wait, err);
	if (!rc)
		note("node '%s' is %s", node, vbc_node_state_name(state));
	return rc;
}

static int wait_for(struct ctx *ctx, const struct args *args)
{
	return for_each_word(ctx, args, wait_one);
}

static int screenshot(struct ctx *ctx, const struct args *args)
{
	void *png FREE = NULL;
	size_t size;

	if (streq(args->file, "-") && is_terminal_out())
		return fail(&ctx->err, VBC_E_ARG,
			    "a picture cannot be shown on a terminal: name a file with -o");
	int rc = vbc_node_screenshot(ctx->host, args->words[0], &png, &size, &ctx->err);

	if (rc)
		return rc;
	if (!streq(args->file, "-"))
		return write_file(args->file, png, size, &ctx->err);
	out_raw(ctx->out, png, size);
	return 0;
}
