/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud api: VirtualBox's own calls, by name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "report.h"
#include "util.h"

static int api_call(struct ctx *ctx, const struct args *args);

static const struct opt api_opts[] = {
	OPT_TIMEOUT,
	{.name = NULL},
};

const struct cmd api_cmds[] = {
	{
		.name = "",
		.help = "make calls of VirtualBox's web service",
		.would = "make a call that changes something",
		.more = "A CALL is a method, such as IVirtualBox_findMachine, with its arguments "
			"after it as NAME=VALUE. Calls are made in turn, each on the object that "
			"the previous one returned; _this=@N means what the N-th call returned, @0 "
			"IVirtualBox. The reply to the last is shown.",
		.words = {{.name = "CALL", .complete = COMPLETE_CALL, .many = true}},
		.opts = api_opts,
		.run = api_call,
	},
	{.name = NULL},
};

/* The calls and their arguments, from words; names are cut off at the '=', in copies. */
struct sequence {
	struct vbc_api_call *calls;
	struct vbc_api_value *values;
	size_t n, n_values;
};

static int api_add_word(struct sequence *s, const char *word, struct vbc_error *err)
{
	const char *equals = strchr(word, '=');

	if (!equals) {
		s->calls[s->n++] =
			(struct vbc_api_call){.method = word, .args = s->values + s->n_values};
		return 0;
	}
	if (!s->n)
		return fail(err, VBC_E_ARG, "'%s' is an argument, but there is no call before it",
			    word);
	s->values[s->n_values++] =
		(struct vbc_api_value){must(strndup(word, (size_t)(equals - word))), equals + 1};
	s->calls[s->n - 1].n_args++;
	return 0;
}

static void api_free_sequence(struct sequence *s)
{
	for (size_t i = 0; i < s->n_values; i++)
		free((char *)(uintptr_t)s->values[i].name);
	free(s->values);
	free(s->calls);
}

static void api_show_reply(struct ctx *ctx, const struct vbc_api_reply *reply)
{
	static const struct column columns[] = {
		{"name", "NAME"},
		{"value", "VALUE"},
		{NULL, NULL},
	};

	out_list(ctx->out, columns);
	for (size_t i = 0; i < reply->n; i++) {
		out_text(ctx->out, reply->v[i].name);
		out_text(ctx->out, reply->v[i].value);
	}
}

static int api_make_calls(struct ctx *ctx, const struct args *args, const struct sequence *s)
{
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_api_reply *reply;
	int rc = vbc_api_call(ctx->host, s->calls, s->n, &wait, &reply, &ctx->err);

	if (!rc) {
		api_show_reply(ctx, reply);
		vbc_api_reply_free(reply);
	}
	return rc;
}

static int api_call(struct ctx *ctx, const struct args *args)
{
	struct sequence s = {.calls = must(calloc(args->n_words, sizeof(*s.calls))),
			     .values = must(calloc(args->n_words, sizeof(*s.values)))};
	int rc = 0;

	for (size_t i = 0; !rc && i < args->n_words; i++)
		rc = api_add_word(&s, args->words[i], &ctx->err);
	if (!rc)
		rc = api_make_calls(ctx, args, &s);
	api_free_sequence(&s);
	return rc;
}
