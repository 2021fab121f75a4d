/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud key: public SSH keys kept on the host, for new nodes.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "file.h"
#include "report.h"
#include "util.h"

static int key_list(struct ctx *ctx, const struct args *args);
static int key_show(struct ctx *ctx, const struct args *args);
static int key_create(struct ctx *ctx, const struct args *args);
static int key_import(struct ctx *ctx, const struct args *args);
static int key_delete(struct ctx *ctx, const struct args *args, const char *name,
		      struct vbc_error *err);

static const struct opt create_opts[] = {
	{
		.name = "-o",
		.value = "FILE",
		OPT(file),
		.required = true,
		.complete = COMPLETE_FILE,
		.help = "the file to write the private key to; it must not exist",
	},
	{.name = NULL},
};

static const struct column columns[] = {
	{"name", "NAME"},
	{"fingerprint", "FINGERPRINT"},
	{"created_at", "CREATED"},
	{"public_key", NULL},
	{NULL, NULL},
};

static const struct narrow narrow[] = {
	{"name", "NAME", CUT_FIRST},
	{"fingerprint", "FINGERPRINT", CUT_LAST},
	{"created_at", "AGE", CUT_NEVER},
	{.key = NULL},
};

const struct cmd key_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the keys",
		.opts = list_opts,
		.columns = columns,
		.run = key_list,
	},
	{
		.name = "show",
		.help = "show a key",
		.words = {{.name = "KEY", .complete = COMPLETE_KEY}},
		.run = key_show,
	},
	{
		.name = "create",
		.help = "make a new pair and keep its public key on the host",
		.would = "create key %1",
		.more = "The private key is written to FILE, readable by you alone, and kept "
			"nowhere "
			"else.",
		.words = {{.name = "NAME"}},
		.opts = create_opts,
		.run = key_create,
	},
	{
		.name = "import",
		.help = "keep a public key on the host",
		.would = "import key %1",
		.more = "FILE holds one line, as in ~/.ssh/id_ed25519.pub; - is standard input.",
		.words = {{.name = "NAME"}, {.name = "FILE", .complete = COMPLETE_FILE}},
		.run = key_import,
	},
	{
		.name = "delete",
		.also = ALSO_DELETE,
		.help = "forget keys; nodes made with them keep them",
		.would = "delete key %1",
		.words = {{.name = "KEY", .complete = COMPLETE_KEY, .many = true}},
		.run_each = key_delete,
	},
	{.name = NULL},
};

static void key_add_cells(struct out *out, const struct vbc_key *key)
{
	out_text(out, key->name);
	out_text_or_null(out, key->fingerprint);
	out_time(out, key->created_at_ms);
	out_text_or_null(out, key->public_key);
}

static int key_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_keys *keys;
	int rc = vbc_key_list(ctx->host, &keys, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < keys->n; i++)
		key_add_cells(ctx->out, keys->v[i]);
	vbc_keys_free(keys);
	return 0;
}

static void key_show_and_free(struct ctx *ctx, struct vbc_key *key)
{
	out_object(ctx->out, columns);
	key_add_cells(ctx->out, key);
	vbc_key_free(key);
}

static int key_show(struct ctx *ctx, const struct args *args)
{
	struct vbc_key *key;
	int rc = vbc_key_get(ctx->host, args->words[0], &key, &ctx->err);

	if (!rc)
		key_show_and_free(ctx, key);
	return rc;
}

/* A pair whose private key cannot be written is of no use: then the host forgets it. */
/* As far as it goes without the file. */
static int key_pretend_to_create(struct ctx *ctx, const struct args *args)
{
	struct vbc_key *key = NULL;
	int rc = check_new_file(args->file, &ctx->err);

	return rc ? rc : vbc_key_create(ctx->host, args->words[0], &brief_wait, &key, &ctx->err);
}

static int key_create(struct ctx *ctx, const struct args *args)
{
	struct vbc_key *key = NULL;
	int fd;

	if (args->pretend)
		return key_pretend_to_create(ctx, args);
	fd = create_secret_file(args->file, &ctx->err);
	if (fd < 0)
		return ctx->err.code;
	int rc = vbc_key_create(ctx->host, args->words[0], &brief_wait, &key, &ctx->err);

	rc = finish_secret_file(fd, args->file, rc ? NULL : key->private_key, rc, &ctx->err);
	if (rc && key)
		vbc_key_delete(ctx->host, args->words[0], &brief_wait, NULL);
	if (rc) {
		vbc_key_free(key);
		return rc;
	}
	key_show_and_free(ctx, key);
	return 0;
}

static int key_import(struct ctx *ctx, const struct args *args)
{
	char *text FREE = read_small_file(args->words[1], &ctx->err);
	struct vbc_key *key;

	if (!text)
		return ctx->err.code;
	int rc = vbc_key_import(ctx->host, args->words[0], text, &brief_wait, &key, &ctx->err);

	if (!rc)
		key_show_and_free(ctx, key);
	return rc;
}

static int key_delete(struct ctx *ctx, const struct args *args, const char *name,
		      struct vbc_error *err)
{
	int rc = vbc_key_delete(ctx->host, name, &brief_wait, err);

	(void)args;
	if (!rc)
		note("deleted key '%s'", name);
	return rc;
}
