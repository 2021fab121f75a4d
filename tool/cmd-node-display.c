/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node display: where the screen of a node is seen over the network.
 */
#include "cmd-node.h"
#include "display.h"
#include "report.h"
#include "util.h"

const struct opt node_display_opts[] = {
	{
		.name = "--on",
		OPT(on),
		.help = "enable or change it",
	},
	{
		.name = "--port",
		.value = "PORT",
		OPT(port),
		.help = "the host's port to listen on; by default a free one",
	},
	{
		.name = "--address",
		.value = "IP",
		OPT(address),
		.help = "the host's address to listen on, or all; 127.0.0.1 by default",
	},
	{
		.name = "--password-file",
		.value = "FILE",
		OPT(display_password_file),
		.complete = COMPLETE_FILE,
		.help = "the password for it, 1 to 8 characters; stored in readable form on the "
			"host",
	},
	{
		.name = "--no-password",
		OPT(no_password),
		.help = "allow it without a password",
	},
	{
		.name = "--off",
		OPT(off),
		.help = "disable it, and forget its password",
	},
	{.name = NULL},
};

static const struct column columns[] = {
	{"node", "NODE"},         {"enabled", "ENABLED"}, {"kind", "KIND"},
	{"address", "ADDRESS"},   {"port", "PORT"},       {"listening", "LISTENING"},
	{"password", "PASSWORD"}, {"ext_pack", NULL},     {NULL, NULL},
};

static void display_show_and_free(struct ctx *ctx, struct vbc_display *display)
{
	out_object(ctx->out, columns);
	out_text(ctx->out, display->node);
	out_bool(ctx->out, display->enabled);
	out_text(ctx->out, vbc_display_kind_name(display->kind));
	out_text_or_null(ctx->out, display->address);
	out_number_or_null(ctx->out, display->port);
	out_bool(ctx->out, display->listening);
	out_bool(ctx->out, display->has_password);
	out_text_or_null(ctx->out, display->ext_pack);
	vbc_display_free(display);
}

static int display_check_args(const struct args *args, struct vbc_error *err)
{
	bool change =
		args->port || args->address || args->display_password_file || args->no_password;

	if (args->on && args->off)
		return fail(err, VBC_E_ARG, "'--on' cannot be used with '--off': omit one of them");
	if (!args->on && change)
		return fail(err, VBC_E_ARG,
			    "'--port', '--address', '--password-file' and '--no-password' can be "
			    "used only with '--on'");
	return 0;
}

static int display_enable(struct ctx *ctx, const struct args *args, struct vbc_display **ret)
{
	struct display_request request CLEANUP(display_request_free) = {.password = NULL};
	int rc = display_request_read(args, args->port, &request, &ctx->err);

	return rc ? rc
		  : vbc_display_enable(ctx->host, args->words[0], &request.opts, &brief_wait, ret,
				       &ctx->err);
}

int node_display(struct ctx *ctx, const struct args *args)
{
	struct vbc_display *display = NULL;
	int rc = display_check_args(args, &ctx->err);

	if (!rc && args->off) {
		rc = vbc_display_disable(ctx->host, args->words[0], &brief_wait, &ctx->err);
		if (!rc)
			note("node '%s' no longer has a remote display", args->words[0]);
		return rc;
	}
	if (!rc)
		rc = args->on ? display_enable(ctx, args, &display)
			      : vbc_display_get(ctx->host, args->words[0], &display, &ctx->err);
	if (!rc)
		display_show_and_free(ctx, display);
	return rc;
}
