/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node ssh-config: how to log in to nodes, as a configuration of ssh, which other
 * programs read, too: scp, rsync, sshfs, Ansible, editors.
 */
#include <stdio.h>
#include <stdlib.h>

#include "alias.h"
#include "cmd-node.h"
#include "fleet-find.h"
#include "login.h"
#include "report.h"
#include "util.h"

/* What is written, and of which nodes. */
struct ssh_config {
	FILE *to;
	const struct vbc_nodes *all; /* NULL: those that were named */
	size_t n;
};

/* A name that was typed is one node's alone; of the others several may have the same. */
static bool config_may_name(const struct ssh_config *config, const char *name, const char *asked)
{
	size_t n = 0;

	if (streq(name, asked))
		return alias_is_safe(name);
	for (size_t i = 0; config->all && i < config->all->n; i++)
		n += streq(config->all->v[i]->name, name);
	return n == 1 && alias_is_safe_unasked(name);
}

static void config_write_node(struct ssh_config *config, const struct login *login,
			      const char *asked)
{
	const char *name = login->ssh->name;
	bool is_alias = !streq(name, login->ssh->node) && config_may_name(config, name, asked);

	fprintf(config->to, "%sHost %s%s%s\n", config->n++ ? "\n" : "", is_alias ? name : "",
		is_alias ? " " : "", login->ssh->node);
	login_write_settings(login, config->to);
}

static int config_add_node(struct ctx *ctx, const struct args *args, struct ssh_config *config,
			   const char *node, struct vbc_error *err)
{
	struct login login CLEANUP(login_done) = {.ssh = NULL};
	int rc = login_find(ctx, args, node, false, &login, err);

	if (!rc)
		config_write_node(config, &login, node);
	return rc;
}

static int config_add_named(struct ctx *ctx, const struct args *args, struct ssh_config *config)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < args->n_words; i++) {
		struct ctx view = spread_view(ctx, i);

		rc = config_add_node(&view, args, config, args->words[i], &ctx->err);
	}
	return rc;
}

/* Those that cannot be reached are left out, and it is said of each why. */
static int config_add_all(struct ctx *ctx, const struct args *args, struct ssh_config *config)
{
	struct vbc_nodes *nodes = NULL;
	int rc = vbc_node_list(ctx->host, VBC_NODE_FIELD_NAME, &nodes, &ctx->err);

	config->all = nodes;
	for (size_t i = 0; !rc && i < nodes->n; i++) {
		struct vbc_error err = {0};

		rc = config_add_node(ctx, args, config, nodes->v[i]->id, &err);
		if (rc == VBC_E_STATE || rc == VBC_E_NOTFOUND) {
			note("left out: %s", err.text);
			rc = 0;
		} else if (rc) {
			ctx->err = err;
		}
	}
	vbc_nodes_free(nodes);
	config->all = NULL;
	return rc;
}

int node_ssh_config(struct ctx *ctx, const struct args *args)
{
	char *text = NULL;
	size_t size;
	struct ssh_config config = {.to = must(open_memstream(&text, &size))};
	int rc = args->n_words ? config_add_named(ctx, args, &config)
			       : config_add_all(ctx, args, &config);

	fclose(config.to);
	if (rc)
		free(text);
	else
		out_lines(ctx->out, must(text), size);
	return rc;
}
