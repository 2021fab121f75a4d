/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node screenshot: a picture of a node's screen.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "file.h"
#include "util.h"

const struct opt node_screenshot_opts[] = {
	{
		.name = "-o",
		.value = "FILE",
		OPT(file),
		.required = true,
		.complete = COMPLETE_FILE,
		.help = "the file to write, complete or not at all; - is standard output",
	},
	{.name = NULL},
};

int node_screenshot(struct ctx *ctx, const struct args *args)
{
	void *png = NULL;
	size_t size;

	if (streq(args->file, "-") && is_terminal_out())
		return fail(&ctx->err, VBC_E_ARG,
			    "a picture cannot be shown on a terminal: name a file with -o");
	int rc = vbc_node_screenshot(ctx->host, args->words[0], &png, &size, &ctx->err);

	if (rc)
		return rc;
	if (streq(args->file, "-")) {
		out_raw(ctx->out, png, size);
		return 0;
	}
	rc = write_file(args->file, png, size, &ctx->err);
	free(png);
	return rc;
}
