/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * On which of several hosts the objects of a command are: it is run there, as if that host had been
 * named.
 */
#ifndef TOOL_FLEET_FIND_H
#define TOOL_FLEET_FIND_H

#include "cmd.h"
#include "config.h"

/* A command whose objects were looked for. */
struct spread {
	struct vbc_fleet *fleet;
	const struct members *members; /* of the context */
	char **jumps;                  /* [n] as of struct ctx, of each host */
	size_t n;
	struct args args; /* with what names objects on their host: words[] are in one piece */
	bool *lost;       /* [n] a host that did not answer while it was worked on */
	size_t *hosts;    /* [args.n_words]: on which host that word's object is */
};

/* Whether it is about objects that can be looked for by what names them. */
bool spread_is_possible(const struct cmd *cmd, const struct args *args);

/*
 * Looks for all of them at the same time, on hosts that are asked and not changed; then ctx->spread
 * is the command as it is to be run, on the host of its first object. Errors: VBC_E_NOTFOUND,
 * VBC_E_CONNECT (it may be on a host that does not answer), VBC_E_ARG (it is on several), and those
 * of vbc_host_open().
 */
int spread_find(const struct cmd *cmd, struct ctx *ctx, const struct args *args,
		struct targets *targets);
/* The same for objects that are chosen later: spread_take_hosts() takes over where they are. */
int spread_over(struct ctx *ctx, const struct args *args, struct targets *targets);
void spread_take_hosts(struct ctx *ctx, size_t *hosts);
void spread_free(struct spread *spread);

/* Whether the first n words are on several hosts. */
bool spread_is_on_several(const struct ctx *ctx, size_t n);

/* The context as it is on the host of a word, borrowed from ctx: each thread may have its own. */
struct ctx spread_view(const struct ctx *ctx, size_t word);

/* Has what follows done on a host, by its number; its name. */
void spread_enter(struct ctx *ctx, size_t host);
const char *spread_name(const struct ctx *ctx, size_t host);

/* Ends all use of hosts, before something else takes over that may last. */
void ctx_leave_hosts(struct ctx *ctx);

/* The host that a word like "vb1:web" names, and "web"; of several that fit the one with the
 * longest name, as "lab:18084" and not "lab". n: it names none of names[0..n). */
size_t spread_read_word(const char *const *names, size_t n, const char *word,
			const char **ret_rest);

/* What hosts said of an object, codes[0..n). Returns as spread_find(); *ret is where it is. */
int spread_judge(const char *kind, const char *word, const char *const *names, const int *codes,
		 size_t n, bool strict, size_t *ret, struct vbc_error *err);

#endif
