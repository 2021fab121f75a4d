/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud launch: all that it takes to have a node that can be logged in to. Each step is a
 * command of its own as well; what a step has made goes away again when a later one fails, but for
 * an image that came whole.
 */
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "await-guest.h"
#include "catalog.h"
#include "cmd-image.h"
#include "cmd-node-create.h"
#include "cmd-node.h"
#include "identity.h"
#include "login.h"
#include "made-up-name.h"
#include "report.h"
#include "size-parts.h"
#include "text.h"

#define PATIENCE_S 900 /* where virtual machines are interpreted, a guest takes minutes */
#define NAME_TRIES 32

static int launch_run(struct ctx *ctx, const struct args *args);

static const struct opt launch_opts[] = {
	{
		.name = "--name",
		.letter = 'n',
		.value = "NAME",
		OPT(name),
		.help = "the node's name, which no other may have; by default one is made up",
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
	OPTS_NETWORKS,
	OPTS_FIRST_BOOT,
	{
		.name = "--display",
		.value = "PORT",
		OPT(display),
		.help = "a remote display on that port of the host's loopback address, or auto",
	},
	OPT_DISPLAY_PASSWORD,
	OPT_LINKED,
	{
		.name = "--timeout",
		.value = "S",
		OPT(timeout_s),
		.min = 1,
		.help = "give up when the guest does not answer within S seconds; by default 900",
	},
	{
		.name = "--keep",
		OPT(keep),
		.help = "keep the node even if its guest does not answer",
	},
	{.name = NULL},
};

const struct cmd launch_cmds[] = {
	{
		.name = "",
		.help = "make a node, wait until its guest answers, and say how to log in",
		.would = "launch %1",
		.more = "IMAGE is one of the host's, or is fetched once from the catalog; without "
			"it the catalog's default is used. The key pair to log in with is made on "
			"first use. A launch that fails or is cancelled leaves nothing but an "
			"image that was fetched completely.",
		.words = {{.name = "IMAGE", .complete = COMPLETE_LAUNCH, .optional = true}},
		.opts = launch_opts,
		.run = launch_run,
	},
	{.name = NULL},
};

struct launch {
	struct ctx *ctx;
	const struct args *args;
	struct catalog catalog;
	const struct catalog_entry *entry; /* of the image that is to be fetched, or NULL */
	char *image;                       /* its name, as a person calls it              */
	char *image_id;                    /* NULL: it is not there yet                   */
	bool fetched;
	char *name;
	char *public_key; /* of the user's own pair, where that logs in */
};

static void launch_done(struct launch *l)
{
	catalog_done(&l->catalog);
	free(l->image);
	free(l->image_id);
	free(l->name);
	free(l->public_key);
}

/* -- the image ------------------------------------------------------------------------------ */

static int launch_fail_unknown(struct launch *l, const char *word)
{
	const char *near = catalog_nearest(&l->catalog, word);

	if (near)
		return fail(&l->ctx->err, VBC_E_NOTFOUND,
			    "there is no image '%s', neither on the host nor in the catalog: did "
			    "you mean '%s'?",
			    word, near);
	if (strpbrk(word, "/:"))
		return fail(
			&l->ctx->err, VBC_E_NOTFOUND,
			"there is no image '%s'; 'vboxcloud image import' makes one from a file",
			word);
	return fail(&l->ctx->err, VBC_E_NOTFOUND,
		    "there is no image '%s', neither on the host nor in the catalog; 'vboxcloud "
		    "image list' and 'vboxcloud image catalog' show all images",
		    word);
}

static void launch_take_image(struct launch *l, const struct vbc_image *image)
{
	free(l->image);
	l->image = must(strdup(image->name));
	l->image_id = must(strdup(image->id));
}

/* On the host, or at least in the catalog. */
static int launch_find_image(struct launch *l)
{
	const char *word = l->args->n_words ? l->args->words[0] : NULL;
	struct vbc_error err = {0};
	struct vbc_image *image;
	int rc = catalog_read(&l->catalog, &l->ctx->err);

	if (rc)
		return rc;
	l->entry = word ? catalog_find(&l->catalog, word) : catalog_find_default(&l->catalog);
	if (!word && !l->entry)
		return fail(&l->ctx->err, VBC_E_ARG,
			    "name an image: none in the catalog has 'default = yes'");
	word = word ? word : l->entry->name;
	rc = vbc_image_get(l->ctx->host, word, &image, &err);
	if (!rc) {
		launch_take_image(l, image);
		vbc_image_free(image);
		return 0;
	}
	if (rc != VBC_E_NOTFOUND) {
		l->ctx->err = err;
		return rc;
	}
	l->image = must(strdup(word));
	return l->entry ? 0 : launch_fail_unknown(l, word);
}

/* Another command may have fetched it meanwhile. */
static int launch_fetch_image(struct launch *l)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_wait wait = begin_wait(0);
	struct vbc_error err = {0};
	struct vbc_image *image;
	int rc;

	if (l->image_id)
		return 0;
	image_take_entry(&opts, l->entry);
	if (!l->args->pretend)
		note("fetching image '%s' from %s", l->entry->name, l->entry->url);
	rc = vbc_image_import(l->ctx->host, l->entry->url, &opts, &wait, &image, &err);
	l->fetched = !rc;
	if (rc == VBC_E_EXISTS)
		rc = vbc_image_get(l->ctx->host, l->entry->name, &image, &l->ctx->err);
	else if (rc)
		l->ctx->err = err;
	if (rc)
		return rc;
	launch_take_image(l, image);
	vbc_image_free(image);
	return 0;
}

/* -- the name ------------------------------------------------------------------------------- */

/* Several nodes may share a name; but what is launched is to be logged in to by its own. */
static int launch_check_name(struct launch *l, const char *name, bool *ret_taken)
{
	struct vbc_error err = {0};
	struct vbc_node *node = NULL;
	int rc = vbc_node_get(l->ctx->host, name, &node, &err);

	*ret_taken = rc ? rc == VBC_E_ARG /* of several nodes */ : streq(node->name, name);
	vbc_node_free(node);
	if (!rc || rc == VBC_E_ARG || rc == VBC_E_NOTFOUND)
		return 0;
	l->ctx->err = err;
	return rc;
}

static unsigned launch_random(void)
{
	unsigned n = 0;

	return getentropy(&n, sizeof(n)) == 0 ? n : 0;
}

static int launch_make_up_name(struct launch *l)
{
	unsigned first = launch_random() % made_up_names();
	bool taken = true;
	int rc = 0;

	for (unsigned i = 0; !rc && taken && i < NAME_TRIES; i++) {
		free(l->name);
		l->name = made_up_name(first + i * 57); /* another adjective and another animal */
		rc = launch_check_name(l, l->name, &taken);
	}
	if (!rc && taken)
		rc = fail(&l->ctx->err, VBC_E_EXISTS,
			  "all names that were tried are taken: give the node one with '--name'");
	return rc;
}

static int launch_choose_name(struct launch *l)
{
	bool taken = false;
	int rc;

	if (!l->args->name)
		return launch_make_up_name(l);
	l->name = must(strdup(l->args->name));
	rc = launch_check_name(l, l->name, &taken);
	if (!rc && taken)
		rc = fail(&l->ctx->err, VBC_E_EXISTS,
			  "there is a node '%s' already: give another --name, or log in to it with "
			  "'vboxcloud node ssh'",
			  l->name);
	return rc;
}

/* -- the node ------------------------------------------------------------------------------- */

/* The user's own pair, unless one of the keys that were given logs in from here. */
static int launch_add_key(struct launch *l, struct args *args)
{
	struct vbc_error *err = &l->ctx->err;
	char *private;
	int rc;

	for (size_t i = 0; i < args->ssh_keys.n; i++) {
		char *beside FREE = identity_beside(args->ssh_keys.v[i]);

		if (beside)
			return 0;
	}
	if (args->ssh_keys.n == COUNT(args->ssh_keys.v))
		return fail(err, VBC_E_ARG, "'--ssh-key' can be given at most %zu times here",
			    COUNT(args->ssh_keys.v) - 1);
	rc = identity_make(&private, &l->public_key, err);
	if (rc)
		return rc;
	free(private);
	args->ssh_keys.v[args->ssh_keys.n++] = l->public_key;
	return 0;
}

/* What is wrong is said before an image is fetched for minutes. */
static int launch_check(struct launch *l, struct creation *creation)
{
	creation->opts.image = l->image;
	return vbc_node_create_check(l->name, &creation->opts, &l->ctx->err);
}

static int launch_create_node(struct launch *l, struct creation *creation, struct vbc_node **ret)
{
	struct vbc_wait wait = begin_wait(0);
	int rc;

	creation->opts.image = l->image_id;
	creation->opts.serial = true; /* it tells what the guest does, and why it does not answer */
	if (!l->args->pretend)
		note("creating node '%s' from image '%s'", l->name, l->image);
	rc = vbc_node_create(l->ctx->host, l->name, &creation->opts, &wait, ret, &l->ctx->err);
	if (!rc)
		node_remember_identity(*ret, creation->first_boot.identity);
	return rc;
}

/* -- the end -------------------------------------------------------------------------------- */

/* After Ctrl-C, too: so nothing asks whether to go on. */
static void launch_give_up(struct launch *l, const struct vbc_node *node)
{
	struct vbc_error err = {0};

	if (node && l->args->keep) {
		note("node '%s' is kept: %s", node->name, node->id);
	} else if (node && vbc_node_destroy(l->ctx->host, node->id, &brief_wait, &err)) {
		warn("node '%s' is left behind: %s", node->name, err.text);
	} else if (node) {
		identity_forget(node->id);
		login_forget_host_key(node->id);
		note("deleted node '%s' again", node->name);
	}
	if (l->fetched)
		note("image '%s' was fetched completely and stays on the host", l->image);
}

static char *launch_tell_next(const struct vbc_node *node, bool reached)
{
	/* A name that looks like an option is none that can be typed. */
	char *name FREE = text_quote_word(node->name[0] == '-' ? node->id : node->name);

	if (!reached) {
		note("to open it to others:");
		return format("vboxcloud forward add %s 22 --host-ip all\n", name);
	}
	note("to log in:");
	if (*node->username)
		return format("vboxcloud node ssh %s\n", name);
	return format("vboxcloud node ssh %s --user USER\n", name);
}

/* The last line is what to type next; other programs are told about the node. */
static int launch_show(struct launch *l, struct vbc_node *node, bool reached)
{
	char *line;

	if (l->ctx->format != OUT_TABLE)
		return node_show_and_free(l->ctx, node);
	line = launch_tell_next(node, reached);
	out_lines(l->ctx->out, line, strlen(line));
	vbc_node_free(node);
	return 0;
}

static int launch_make(struct launch *l, struct creation *creation)
{
	unsigned timeout_s = l->args->timeout_s ? l->args->timeout_s : PATIENCE_S;
	struct vbc_node *node = NULL;
	bool reached = false;
	int rc = launch_fetch_image(l);

	if (!rc)
		rc = launch_create_node(l, creation, &node);
	if (!rc)
		rc = await_guest(l->ctx, node, timeout_s, &reached);
	if (!rc)
		return launch_show(l, node, reached);
	launch_give_up(l, node);
	vbc_node_free(node);
	return rc;
}

/* A name that is made up is another the next time. */
static char *launch_tell(const struct launch *l)
{
	char *node FREE = l->args->name ? format("node '%s'", l->name) : format("a node");

	if (l->image_id)
		return format("launch %s from image '%s'", node, l->image);
	return format("fetch image '%s' from %s, and launch %s from it", l->image, l->entry->url,
		      node);
}

static int launch_run(struct ctx *ctx, const struct args *args)
{
	struct launch l CLEANUP(launch_done) = {.ctx = ctx, .args = args};
	struct creation creation CLEANUP(creation_done) = CREATION_INIT;
	struct args with_key = *args;
	int rc = launch_find_image(&l);

	if (!rc)
		rc = launch_choose_name(&l);
	if (!rc && !args->pretend) /* which may make one */
		rc = launch_add_key(&l, &with_key);
	if (!rc)
		rc = creation_read(&with_key, &creation, &ctx->err);
	if (!rc)
		rc = launch_check(&l, &creation);
	if (rc)
		return rc;
	if (args->pretend)
		ctx->would = launch_tell(&l);
	return launch_make(&l, &creation);
}
