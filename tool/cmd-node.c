/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node: the commands on virtual machines, each in the file of its name.
 */
#include "cmd-node.h"

static const struct opt timeout_opts[] = {OPT_TIMEOUT, {.name = NULL}};

const struct cmd node_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the nodes",
		.opts = list_opts,
		.columns = node_columns,
		.run = node_list,
	},
	{
		.name = "show",
		.help = "show all that is known about a node",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.run = node_show,
	},
	{
		.name = "create",
		.help = "make a node from an image, start it and show it",
		.more = "NAME is any text of 1 to 255 characters; several nodes may share a name. "
			"A "
			"create that fails or is cancelled leaves nothing on the host.",
		.words = {{.name = "NAME"}},
		.opts = node_create_opts,
		.run = node_create,
	},
	{
		.name = "start",
		.help = "start nodes and wait until they run",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run_each = node_start,
	},
	{
		.name = "stop",
		.help = "shut nodes down and wait until they are off",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = node_stop_opts,
		.run_each = node_stop,
	},
	{
		.name = "reboot",
		.help = "reboot running nodes",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = node_reboot_opts,
		.run_each = node_reboot,
	},
	{
		.name = "pause",
		.help = "pause running nodes in memory",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.run_each = node_pause,
	},
	{
		.name = "suspend",
		.help = "save the state of nodes to the host's disk and switch them off",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run_each = node_suspend,
	},
	{
		.name = "resume",
		.help = "continue paused or suspended nodes",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run_each = node_resume,
	},
	{
		.name = "discard",
		.help = "discard the saved state of suspended nodes",
		.more = "The nodes are then stopped, as if their power had been cut.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.run_each = node_discard,
	},
	{
		.name = "rename",
		.help = "give a stopped node another name",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NAME"}},
		.run = node_rename,
	},
	{
		.name = "rebuild",
		.help = "give a stopped node a new disk made from an image",
		.more = "Its own disk is deleted with all that is on it; its id, name, size, "
			"networks, forwards, volumes and first boot stay.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.opts = timeout_opts,
		.run = node_rebuild,
	},
	{
		.name = "resize",
		.help = "give a stopped node another size",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_resize_opts,
		.run = node_resize,
	},
	{
		.name = "set-description",
		.old_name = "describe",
		.help = "set the description of a node, or remove it",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "TEXT", .optional = true}},
		.run = node_set_description,
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
		.help = "remove tags from a node",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "KEY", .many = true}},
		.run = node_untag,
	},
	{
		.name = "protect",
		.help = "keep nodes from being destroyed or rebuilt",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.run_each = node_protect,
	},
	{
		.name = "unprotect",
		.help = "let nodes be destroyed and rebuilt again",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.run_each = node_unprotect,
	},
	{
		.name = "clone",
		.help = "make a node like another, start it and show it",
		.more = "Volumes, snapshots and the seed of the first boot are not copied.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NAME"}},
		.opts = node_clone_opts,
		.run = node_clone,
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
		.also = ALSO_DESTROY,
		.help = "cut the power of nodes and delete them with their disks",
		.more = "Disks that are not a node's own are detached and stay.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = timeout_opts,
		.run_each = node_destroy,
	},
	{
		.name = "wait",
		.help = "wait until nodes are in a state",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true}},
		.opts = node_wait_opts,
		.run_each = node_wait,
	},
	{
		.name = "ssh",
		.help = "log in to a running node, or run a command in it, with ssh",
		.more = "Waits while the guest boots, and ends with the exit status of ssh. Words "
			"of CMD "
			"that begin with - must follow --. The first host key that a node shows is "
			"accepted, and no other one later.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE},
			  {.name = "CMD", .many = true, .optional = true}},
		.opts = node_ssh_opts,
		.run = node_ssh,
	},
	{
		.name = "ssh-config",
		.help = "print a configuration of ssh for nodes, or all that can be reached",
		.more = "For scp, rsync, sshfs, Ansible and editors: ssh -F FILE, or an Include in "
			"~/.ssh/config.",
		.words = {{.name = "NODE",
			   .complete = COMPLETE_NODE,
			   .many = true,
			   .optional = true}},
		.run = node_ssh_config,
	},
	{
		.name = "cp",
		.help = "copy files to a running node or from it, with scp",
		.more = "One of SRC and DST is NODE:PATH, the other a path here.",
		.words = {{.name = "SRC", .complete = COMPLETE_FILE},
			  {.name = "DST", .complete = COMPLETE_FILE}},
		.opts = node_cp_opts,
		.run = node_cp,
	},
	{
		.name = "exec",
		.help = "run a command in nodes at the same time, with ssh",
		.more = "Options come before --. Of several nodes each line of output begins with "
			"the node's name, and the exit status is 1 if it failed in any of them.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE, .many = true},
			  {.name = "-- CMD", .many = true}},
		.opts = node_exec_opts,
		.run = node_exec,
	},
	{
		.name = "seed",
		.help = "prepare another first boot of a stopped node",
		.more = "The seed completely replaces the one that the node was made with.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_seed_opts,
		.run = node_seed,
	},
	{
		.name = "screenshot",
		.help = "save a picture of a node's screen as PNG",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_screenshot_opts,
		.run = node_screenshot,
	},
	{
		.name = "display",
		.help = "show where the screen of a node can be seen over the network, or enable "
			"that",
		.more = "Without --on or --off, nothing is changed. VNC is not encrypted.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.opts = node_display_opts,
		.run = node_display,
	},
	{
		.name = "log",
		.help = "print the log that VirtualBox wrote of a node's last run",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}},
		.run = node_log,
	},
	{.name = NULL},
};
