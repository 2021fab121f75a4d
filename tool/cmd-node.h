/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The commands on nodes, and their options: those of node_x() are in cmd-node-x.c, of those that
 * say whether a node runs in cmd-node-power.c, of those that change a setting in cmd-node-change.c.
 */
#ifndef TOOL_CMD_NODE_H
#define TOOL_CMD_NODE_H

#include "cmd.h"

extern const struct column node_columns[];
/* Of nodes of several hosts. */
const struct column *node_fleet_columns(void);
extern const struct narrow node_narrow[];
extern const struct opt node_start_opts[], node_destroy_opts[], node_create_opts[],
	node_clone_opts[], node_stop_opts[], node_reboot_opts[], node_wait_opts[],
	node_screenshot_opts[], node_display_opts[], node_ssh_opts[], node_seed_opts[],
	node_resize_opts[], node_teleport_opts[];
extern const struct opt node_cp_opts[], node_exec_opts[];
extern const struct opt node_log_opts[], node_console_opts[];

int node_list(struct ctx *ctx, const struct args *args);
int node_list_fleet(struct ctx *ctx, const struct args *args);
int node_show(struct ctx *ctx, const struct args *args);
int node_create(struct ctx *ctx, const struct args *args);
int node_clone(struct ctx *ctx, const struct args *args);
int node_rename(struct ctx *ctx, const struct args *args);
int node_rebuild(struct ctx *ctx, const struct args *args);
int node_resize(struct ctx *ctx, const struct args *args);
int node_set_description(struct ctx *ctx, const struct args *args);
int node_tag(struct ctx *ctx, const struct args *args);
int node_untag(struct ctx *ctx, const struct args *args);
int node_teleport(struct ctx *ctx, const struct args *args);
int node_ssh(struct ctx *ctx, const struct args *args);
int node_ssh_config(struct ctx *ctx, const struct args *args);
int node_cp(struct ctx *ctx, const struct args *args);
int node_exec(struct ctx *ctx, const struct args *args);
int node_seed(struct ctx *ctx, const struct args *args);
int node_screenshot(struct ctx *ctx, const struct args *args);
int node_display(struct ctx *ctx, const struct args *args);
int node_log(struct ctx *ctx, const struct args *args);
int node_console(struct ctx *ctx, const struct args *args);

/* These do it for one of the nodes that are named. */
int node_start(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_stop(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_reboot(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_pause(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_suspend(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_resume(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_discard(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_eject(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_destroy(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_protect(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);
int node_unprotect(struct ctx *ctx, const struct args *args, const char *node,
		   struct vbc_error *err);
int node_wait(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err);

/* What --all and --filter choose for these, see struct cmd. */
int node_choose_to_start(struct ctx *ctx, struct args *args);
int node_choose_to_stop(struct ctx *ctx, struct args *args);
int node_choose_to_destroy(struct ctx *ctx, struct args *args);

/* A list as of node_list(), and a node in it. */
void nodes_list_begin(struct ctx *ctx);
void nodes_list_add(struct ctx *ctx, const struct vbc_node *node);

/* The cells of a node in node_columns, and some of them; `url` is what is told of where it is. */
void node_add_cells(struct out *out, const char *url, const struct vbc_node *node);
void node_add_size(struct out *out, const struct vbc_node *node); /* briefly "2c/512M/10G" */
void node_add_tags(struct out *out, const struct vbc_node *node);

/* What a list of nodes must ask for, with the options of ctx->list. */
unsigned nodes_find_shown_fields(const struct ctx *ctx);

/* What the filters of a list of nodes look at. */
unsigned nodes_find_filter_fields(const struct list *list);

/* Nodes of a host, by name; their ids, names, states and what the filters look at are known. */
struct chosen_nodes {
	struct vbc_nodes *nodes;          /* all that there are, on one host, or */
	struct vbc_fleet_nodes *of_fleet; /* on several                          */
	const struct vbc_node **v;
	size_t *hosts; /* of each of v, the number of its host */
	size_t n;
};

/*
 * The nodes that all of --filter choose, which are all nodes without any. Returns 0 or a code of
 * enum vbc_code, with ctx->err filled; free with nodes_chosen_done() in either case.
 */
int nodes_find_chosen(struct ctx *ctx, const struct args *args, struct chosen_nodes *ret);
void nodes_chosen_done(struct chosen_nodes *chosen);

/* What node_show() shows of a node, which is freed. Returns 0. */
int node_show_and_free(struct ctx *ctx, struct vbc_node *node);

#endif
