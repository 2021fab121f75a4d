/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node console: what a guest writes to its first serial port, as it comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd-node.h"
#include "meter.h"
#include "text.h"
#include "util.h"

const struct opt node_console_opts[] = {
	{
		.name = "--raw",
		OPT(raw),
		.help = "pass control characters on to a terminal, too",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

struct console {
	bool plain; /* all goes out as it is */
	char *held; /* what was told, after what was not whole before */
	size_t n;   /* of that, not written yet */
	int os;     /* why standard output took no more */
};

/* A guest's text could do to a terminal what its user can: so the terminal obeys nothing of it. */
static void console_write_lines(struct console *c, const char *text, size_t size)
{
	size_t whole;

	c->held = must(realloc(c->held, c->n + size + 1));
	memcpy(c->held + c->n, text, size);
	c->n += size;
	c->held[c->n] = '\0';
	whole = text_whole(c->held, c->n);
	text_lines(stdout, c->held, whole);
	c->n -= whole;
	memmove(c->held, c->held + whole, c->n);
}

static int console_tell(void *data, const char *text, size_t size)
{
	struct console *c = data;

	if (c->plain)
		fwrite(text, 1, size, stdout);
	else
		console_write_lines(c, text, size);
	if (fflush(stdout) != 0)
		c->os = errno;
	return c->os;
}

int node_console(struct ctx *ctx, const struct args *args)
{
	struct console c = {.plain = args->raw || !isatty(STDOUT_FILENO)};
	const struct vbc_wait wait = {.timeout_ms = args->timeout_s * 1000, .tick = meter_tick};
	int rc;

	meter_begin(false); /* a line of progress would stand among the guest's */
	rc = vbc_node_console_follow(ctx->host, args->words[0], console_tell, &c, &wait, &ctx->err);

	if (c.n) {
		c.held[c.n] = '\0';
		text_lines(stdout, c.held, c.n);
	}
	free(c.held);
	if (!rc && c.os)
		rc = fail(&ctx->err, VBC_E_SPACE, "cannot write to standard output: %s",
			  strerror(c.os));
	return rc;
}
