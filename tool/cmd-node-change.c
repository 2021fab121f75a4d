/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node rename, rebuild, resize, describe, tag, untag, protect: what can be changed about
 * a node.
 */
#include "cmd-node.h"
#include "login.h"
#include "report.h"
#include "size-parts.h"
#include "tags.h"
#include "util.h"

const struct opt node_resize_opts[] = {
	{
		.name = "--size",
		.value = "SIZE",
		OPT(size),
		.complete = COMPLETE_SIZE,
		.help = "CPUs, memory and disk; the disk can only grow",
	},
	OPTS_SIZE_PARTS,
	OPT_TIMEOUT,
	{.name = NULL},
};

int node_rename(struct ctx *ctx, const struct args *args)
{
	int rc = vbc_node_rename(ctx->host, args->words[0], args->words[1], &brief_wait, &ctx->err);

	if (!rc)
		note("node '%s' is now called '%s'", args->words[0], args->words[1]);
	return rc;
}

int node_rebuild(struct ctx *ctx, const struct args *args)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_node *node;
	int rc = vbc_node_rebuild(ctx->host, args->words[0], args->words[1], &wait, &node,
				  &ctx->err);

	if (!rc) {
		login_forget_host_key(node->id);
		note("node '%s' has a new disk", args->words[0]);
		vbc_node_free(node);
	}
	return rc;
}

int node_resize(struct ctx *ctx, const struct args *args)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	char *size FREE = NULL;
	int rc = size_parts_read(args, &size, &ctx->err);

	if (!rc && !size)
		return fail(&ctx->err, VBC_E_ARG,
			    "'vboxcloud node resize' needs --size SIZE, or one of --cpus, --memory "
			    "and --disk");
	if (!rc)
		rc = vbc_node_resize(ctx->host, args->words[0], size, &wait, &ctx->err);
	if (!rc)
		note("node '%s' now has size %s", args->words[0], size);
	return rc;
}

int node_set_description(struct ctx *ctx, const struct args *args)
{
	const char *text = args->n_words > 1 ? args->words[1] : "";
	int rc = vbc_node_set_description(ctx->host, args->words[0], text, &brief_wait, &ctx->err);

	if (!rc)
		note("node '%s' has a new description", args->words[0]);
	return rc;
}

int node_protect(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	int rc = vbc_node_protect(ctx->host, node, true, &brief_wait, err);

	(void)args;
	if (!rc)
		note("node '%s' is protected", node);
	return rc;
}

int node_unprotect(struct ctx *ctx, const struct args *args, const char *node,
		   struct vbc_error *err)
{
	int rc = vbc_node_protect(ctx->host, node, false, &brief_wait, err);

	(void)args;
	if (!rc)
		note("node '%s' is not protected", node);
	return rc;
}

/* KEY=VALUE or KEY; the first word is the node. */
int node_tag(struct ctx *ctx, const struct args *args)
{
	int rc = 0;

	for (size_t i = 1; !rc && i < args->n_words; i++) {
		char *key FREE = format("%s", args->words[i]);
		struct vbc_tag tag = tag_split(key);

		rc = vbc_node_tag(ctx->host, args->words[0], tag.key, tag.value, &brief_wait,
				  &ctx->err);
	}
	return rc;
}

int node_untag(struct ctx *ctx, const struct args *args)
{
	int rc = 0;

	for (size_t i = 1; !rc && i < args->n_words; i++)
		rc = vbc_node_tag(ctx->host, args->words[0], args->words[i], NULL, &brief_wait,
				  &ctx->err);
	return rc;
}
