/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * On which of several hosts something new is made: what the options and the configuration say about
 * it.
 */
#ifndef TOOL_PLACE_H
#define TOOL_PLACE_H

#include "cmd.h"
#include "config.h"

/* The options of what is placed. */
#define OPTS_PLACE                                                                                 \
	{.name = "--where",                                                                        \
	 .value = "LABEL",                                                                         \
	 OPT(where),                                                                               \
	 .help = "of several hosts, on one with this label, KEY or KEY=VALUE"},                    \
		{.name = "--spread",                                                               \
		 OPT(spread),                                                                      \
		 .help = "of several hosts, on one with much free memory; the default"},           \
		{.name = "--pack",                                                                 \
		 OPT(pack),                                                                        \
		 .help = "of several hosts, on one that has much to do already"},                  \
		{.name = "--affinity",                                                             \
		 .value = "TAG",                                                                   \
		 OPT(affinity),                                                                    \
		 .help = "of several hosts, rather beside nodes with this tag"},                   \
	{                                                                                          \
		.name = "--anti-affinity", .value = "TAG", OPT(anti_affinity),                     \
		.help = "of several hosts, rather apart from nodes with this tag"                  \
	}

/* What is known of the hosts of a fleet, and asked of them. */
struct place;

/*
 * Opens the hosts, and takes over what the options and targets say: sets ctx->fleet and ctx->place.
 * Errors: VBC_E_ARG, and those of connect_fleet().
 */
int place_begin(struct ctx *ctx, const struct args *args, struct targets *targets);
void place_free(struct place *place);

/* That these options need several hosts. Errors: VBC_E_ARG. */
int place_check_single(const struct args *args, struct vbc_error *err);

const struct vbc_placement_opts *place_opts(const struct place *place);

/* Asks all hosts; warns of those that do not answer. */
int place_find(struct ctx *ctx, const struct vbc_node_create_opts *node, unsigned count,
	       struct vbc_placement **ret);

/* The context as of one of the hosts: its handle and how one logs in there are borrowed. */
struct ctx place_on(const struct ctx *ctx, size_t host);

/* Has all that follows done on that host. */
void place_enter(struct ctx *ctx, size_t host);

/* The table of all hosts, with the reasons. */
void place_show(struct ctx *ctx, const struct vbc_placement *placement);

#endif
