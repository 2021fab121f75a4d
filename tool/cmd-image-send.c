/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud image send: the same image on another host.
 */
#include "cmd-image.h"
#include "connect.h"
#include "report.h"

const struct opt image_send_opts[] = {
	OPT_TO,
	{
		.name = "--name",
		.value = "NAME",
		OPT(name),
		.help = "what it is called there; by default as here",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

int image_send(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_send_opts opts = VBC_IMAGE_SEND_OPTS_INIT;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_host *to = NULL;
	struct vbc_image *image = NULL;
	int rc = connect_other(args, args->to, &to, &ctx->err);

	opts.name = args->name;
	if (!rc)
		rc = vbc_image_send(ctx->host, args->words[0], to, &opts, &wait, &image, &ctx->err);
	vbc_host_close(to);
	return rc ? rc : image_show_and_free(ctx, image);
}
