/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The options of networks and forwards that several commands have.
 */
#ifndef TOOL_NETWORKS_H
#define TOOL_NETWORKS_H

#include "cmd.h"
#include "util.h"

/* The adapters of a node, each with its number and one more, so that none is 0. */
extern const struct choice adapter_choices[];

#define OPTS_NETWORKS                                                                              \
	{                                                                                          \
		.name = "--network",                                                               \
		.value = "NETWORK",                                                                \
		OPT(networks),                                                                     \
		.help = "what the next adapter is attached to, like nat or bridged:eth0; nat by "  \
			"default",                                                                 \
	},                                                                                         \
	{                                                                                          \
		.name = "--forward", .value = "PORTS", OPT(forwards),                              \
		.help = "a port of the host to forward, like 8080:80; or 80, from a free one",     \
	}

/* What a new node's options say, for the library. */
struct networks {
	struct vbc_network_choice choices[COUNT(((struct args *)0)->networks.v)];
	struct vbc_forward_add_opts forwards[COUNT(((struct args *)0)->forwards.v)];
	const struct vbc_forward_add_opts *pointers[COUNT(((struct args *)0)->forwards.v)];
};

/* Reads them into `room` and has `opts` point there. Returns 0 or VBC_E_ARG, with err filled. */
int networks_read(const struct args *args, struct networks *room, struct vbc_node_create_opts *opts,
		  struct vbc_error *err);

#endif
