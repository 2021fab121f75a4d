/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node start, stop, destroy of the nodes that --all and --filter choose: which these are,
 * and whether it is meant so.
 */
#include <stdlib.h>

#include "ask.h"
#include "cmd-node.h"
#include "fleet-find.h"
#include "report.h"
#include "text.h"
#include "util.h"

enum { ID_SIZE = 37 };

/* What is done to them. */
struct deed {
	const char *verb, *done; /* "start", "started" */
	bool (*concerns)(const struct vbc_node *node);
	bool loses; /* what cannot be had again: nobody who is not asked means it without --yes */
};

static bool node_may_start(const struct vbc_node *node)
{
	return node->state == VBC_NODE_STATE_STOPPED || node->state == VBC_NODE_STATE_SUSPENDED ||
	       node->state == VBC_NODE_STATE_PAUSED;
}

static bool node_may_stop(const struct vbc_node *node)
{
	return node->state == VBC_NODE_STATE_RUNNING || node->state == VBC_NODE_STATE_PAUSED ||
	       node->state == VBC_NODE_STATE_STARTING;
}

static bool node_is_any(const struct vbc_node *node)
{
	(void)node;
	return true;
}

/* Leaves those that the deed is about. */
static void chosen_keep_concerned(struct chosen_nodes *chosen, const struct deed *deed)
{
	size_t n = 0;

	for (size_t i = 0; i < chosen->n; i++)
		if (deed->concerns(chosen->v[i])) {
			chosen->hosts[n] = chosen->hosts[i];
			chosen->v[n++] = chosen->v[i];
		}
	chosen->n = n;
}

static void chosen_show(const struct ctx *ctx, const struct chosen_nodes *chosen,
			const struct deed *deed)
{
	flockfile(stderr);
	fprintf(stderr, "These nodes would be %s:\n", deed->done);
	for (size_t i = 0; i < chosen->n; i++) {
		const struct vbc_node *node = chosen->v[i];

		fputs("  ", stderr);
		if (ctx->spread)
			fprintf(stderr, "%s:", spread_name(ctx, chosen->hosts[i]));
		text_show(stderr, node->name);
		fprintf(stderr, "  %s  %s%s%s\n", node->id, vbc_node_state_name(node->state),
			node->created_at_ms ? "" : ", not made here",
			deed->loses && node->is_protected ? ", protected: it stays" : "");
	}
	funlockfile(stderr);
}

static bool chosen_agree(const struct chosen_nodes *chosen, const struct deed *deed)
{
	char *question FREE = format("%c%s %zu node%s? [y/N] ", deed->verb[0] - 'a' + 'A',
				     deed->verb + 1, chosen->n, chosen->n == 1 ? "" : "s");

	return ask_yes(question);
}

static int chosen_check_meant(const struct ctx *ctx, const struct chosen_nodes *chosen,
			      const struct deed *deed, const struct args *args,
			      struct vbc_error *err)
{
	bool ask = !args->yes && !args->pretend && ask_can();

	if (!chosen->n) {
		note("there is no node to be %s", deed->done);
		return 0;
	}
	if (ask || (args->pretend && !args->quiet))
		chosen_show(ctx, chosen, deed);
	return !ask || chosen_agree(chosen, deed)
		       ? 0
		       : fail(err, VBC_E_CANCELLED, "no node was %s", deed->done);
}

/* Their ids, in one piece of memory. */
static void args_take_chosen(struct args *args, const struct chosen_nodes *chosen)
{
	size_t pointers = (chosen->n + 1) * sizeof(*args->words);
	char *memory = must(malloc(pointers + chosen->n * ID_SIZE));
	char *ids = memory + pointers;

	args->words = (const char **)(void *)memory;
	for (size_t i = 0; i < chosen->n; i++, ids += ID_SIZE) {
		snprintf(ids, ID_SIZE, "%s", chosen->v[i]->id);
		args->words[i] = ids;
	}
	args->n_words = chosen->n;
}

static int nodes_choose_for(struct ctx *ctx, struct args *args, const struct deed *deed)
{
	struct chosen_nodes chosen = {.n = 0};
	int rc;

	if (deed->loses && !args->yes && !args->pretend && !ask_can())
		return fail(&ctx->err, VBC_E_ARG,
			    "'%s' needs '--yes' here, as nobody can be asked whether the nodes are "
			    "to be %s",
			    args->all ? "--all" : "--filter", deed->done);
	rc = nodes_find_chosen(ctx, args, &chosen);
	if (!rc)
		chosen_keep_concerned(&chosen, deed);
	if (!rc)
		rc = chosen_check_meant(ctx, &chosen, deed, args, &ctx->err);
	if (!rc)
		args_take_chosen(args, &chosen);
	if (!rc && ctx->spread) {
		spread_take_hosts(ctx, chosen.hosts);
		chosen.hosts = NULL;
	}
	nodes_chosen_done(&chosen);
	return rc;
}

int node_choose_to_start(struct ctx *ctx, struct args *args)
{
	static const struct deed start = {"start", "started", node_may_start, false};

	return nodes_choose_for(ctx, args, &start);
}

int node_choose_to_stop(struct ctx *ctx, struct args *args)
{
	static const struct deed stop = {"stop", "stopped", node_may_stop, false};

	return nodes_choose_for(ctx, args, &stop);
}

int node_choose_to_destroy(struct ctx *ctx, struct args *args)
{
	static const struct deed destroy = {"destroy", "destroyed", node_is_any, true};

	return nodes_choose_for(ctx, args, &destroy);
}
