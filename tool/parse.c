/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the words of a command line to a row of the tables and typed values, or to one sentence
 * that says what is wrong and what was probably meant.
 */
#include <stdlib.h>

#include "opt-value.h"
#include "parse.h"
#include "util.h"

const struct noun *find_noun(const char *name)
{
	for (const struct noun *noun = nouns; noun->name; noun++)
		if (streq(noun->name, name))
			return noun;
	return NULL;
}

static bool cmd_has_name(const struct cmd *cmd, const char *name)
{
	for (size_t i = 0; i < COUNT(cmd->also); i++)
		if (cmd->also[i] && streq(cmd->also[i], name))
			return true;
	return streq(cmd->name, name) || (cmd->old_name && streq(cmd->old_name, name));
}

const struct cmd *find_cmd(const struct noun *noun, const char *name)
{
	for (const struct cmd *cmd = noun->cmds; cmd->name; cmd++)
		if (cmd_has_name(cmd, name))
			return cmd;
	return NULL;
}

static bool opt_has_letter(const struct opt *opt, const char *name)
{
	return opt->letter && name[0] == '-' && name[1] == opt->letter && !name[2];
}

static const struct opt *opts_find(const struct opt *opts, const char *name)
{
	for (; opts && opts->name; opts++)
		if (streq(opts->name, name) || opt_has_letter(opts, name))
			return opts;
	return NULL;
}

const struct opt *find_opt(const struct cmd *cmd, const char *name)
{
	const struct opt *opt = cmd ? opts_find(cmd->opts, name) : NULL;

	if (!opt && cmd && cmd->would)
		opt = opts_find(change_opts, name);
	return opt ? opt : opts_find(global_opts, name);
}

char *line_name(const struct line *line)
{
	if (!line->noun)
		return format("vboxcloud");
	if (!line->cmd || !*line->cmd->name)
		return format("vboxcloud %s", line->noun->name);
	return format("vboxcloud %s %s", line->noun->name, line->cmd->name);
}

/* A growing list of names that could have been meant. */
struct names {
	const char *v[64];
	size_t n;
};

static void names_add(struct names *names, const char *name)
{
	if (names->n < COUNT(names->v))
		names->v[names->n++] = name;
}

static void names_add_opts(struct names *names, const struct opt *opts)
{
	for (; opts && opts->name; opts++)
		names_add(names, opts->name);
}

static int line_fail_unknown(const struct line *line, const char *what, const char *word,
			     const struct names *names, struct vbc_error *err)
{
	char *name FREE = line_name(line);
	const char *near = nearest(word, names->v, names->n);

	if (near)
		return fail(err, VBC_E_ARG, "'%s' has no %s '%s': did you mean '%s'?", name, what,
			    word, near);
	return fail(err, VBC_E_ARG, "'%s' has no %s '%s': see '%s --help'", name, what, word, name);
}

/* An option before its command cannot be told from a mistake. */
static const struct noun *noun_find_with_opt(const char *name, const struct cmd **ret_cmd)
{
	for (const struct noun *noun = nouns; noun->name; noun++) {
		for (const struct cmd *cmd = noun->cmds; cmd->name; cmd++) {
			if (opts_find(cmd->opts, name) ||
			    (cmd->would && opts_find(change_opts, name))) {
				*ret_cmd = cmd;
				return noun;
			}
		}
	}
	return NULL;
}

static int line_fail_unknown_opt(const struct line *line, const char *word, struct vbc_error *err)
{
	struct names names = {.n = 0};
	const struct cmd *cmd = NULL;
	const struct noun *noun = line->cmd ? NULL : noun_find_with_opt(word, &cmd);

	if (noun)
		return fail(err, VBC_E_ARG,
			    "option '%s' belongs to a command: write it after that, as in "
			    "'vboxcloud %s%s%s %s'",
			    word, noun->name, *cmd->name ? " " : "", cmd->name, word);
	if (line->cmd)
		names_add_opts(&names, line->cmd->opts);
	if (line->cmd && line->cmd->would)
		names_add_opts(&names, change_opts);
	names_add_opts(&names, global_opts);
	return line_fail_unknown(line, "option", word, &names, err);
}

/*
 * Reads the option in words[*i], which may be --name, --name=value, -n, -nvalue, and its value
 * in the next word if it has one there.
 */
static int line_read_opt(const char *const *words, size_t n, size_t *i, struct line *line,
			 struct vbc_error *err)
{
	const char *word = words[*i];
	size_t length = word[1] == '-' ? strcspn(word, "=") : 2;
	char *name FREE = format("%.*s", (int)length, word);
	const char *value = !word[length] ? NULL : word + length + (word[length] == '=');
	const struct opt *opt = find_opt(line->cmd, name);

	if (!opt)
		return line_fail_unknown_opt(line, name, err);
	if (opt->kind == OPT_FLAG && value)
		return fail(err, VBC_E_ARG, "option '%s' takes no value: write only '%s'", name,
			    name);
	if (opt->kind != OPT_FLAG && !value) {
		if (*i + 1 == n)
			return fail(err, VBC_E_ARG, "option '%s' needs a value: write '%s %s'",
				    name, name, opt->value);
		value = words[++*i];
		if (starts_with(value, "--"))
			return fail(err, VBC_E_ARG,
				    "option '%s' needs a value: if '%s' is meant, write '%s=%s'",
				    name, value, name, value);
	}
	return opt_set_value(opt, value, &line->args, err);
}

/* A verb alone is one of a node's: "ssh web1". */
static bool line_take_verb(const char *word, struct line *line)
{
	const struct noun *node = find_noun(ASSUMED_NOUN);

	line->cmd = find_cmd(node, word);
	line->noun = line->cmd ? node : NULL;
	return line->cmd;
}

static int line_read_noun(const char *word, struct line *line, struct vbc_error *err)
{
	struct names names = {.n = 0};

	line->noun = find_noun(word);
	if (line->noun && !*line->noun->cmds[0].name)
		line->cmd = &line->noun->cmds[0];
	if (line->noun || line_take_verb(word, line))
		return 0;
	for (const struct noun *noun = nouns; noun->name; noun++)
		names_add(&names, noun->name);
	for (const struct cmd *cmd = find_noun(ASSUMED_NOUN)->cmds; cmd->name; cmd++)
		names_add(&names, cmd->name);
	return line_fail_unknown(line, "command", word, &names, err);
}

static int line_read_cmd(const char *word, struct line *line, struct vbc_error *err)
{
	struct names names = {.n = 0};

	line->cmd = find_cmd(line->noun, word);
	if (line->cmd)
		return 0;
	for (const struct cmd *cmd = line->noun->cmds; cmd->name; cmd++)
		names_add(&names, cmd->name);
	return line_fail_unknown(line, "command", word, &names, err);
}

int parse_line(const char *const *words, size_t n, struct line *line, struct vbc_error *err)
{
	bool only_words = false;
	int rc = 0;

	*line = (struct line){.noun = NULL};
	line->args.words = must(calloc(n + 1, sizeof(*line->args.words)));
	for (size_t i = 0; i < n && !rc; i++) {
		const char *word = words[i];

		if (!only_words && streq(word, "--")) {
			only_words = line->args.is_split = true;
			line->args.n_before = line->args.n_words;
		} else if (!only_words && word[0] == '-' && word[1]) {
			rc = line_read_opt(words, n, &i, line, err);
		} else if (!line->cmd && streq(word, "help")) {
			line->args.help = true; /* as in "help node list", "node help" */
		} else if (!line->noun) {
			rc = line_read_noun(word, line, err);
		} else if (!line->cmd) {
			rc = line_read_cmd(word, line, err);
		} else {
			line->args.words[line->args.n_words++] = word;
		}
	}
	return rc;
}

static int line_check_words(const struct line *line, struct vbc_error *err)
{
	const struct word *words = line->cmd->words;
	bool chooses = line->args.all || (line->cmd->choose && line->args.filters.n);
	size_t n = 0;
	char *name FREE = line_name(line);

	if (line->cmd->choose && !chooses && !line->args.n_words)
		return fail(err, VBC_E_ARG, "'%s' needs a %s, --all or --filter: see '%s --help'",
			    name, words[0].name, name);
	if (chooses && line->args.n_words)
		return fail(err, VBC_E_ARG, "'%s' takes no '%s' with '%s': see '%s --help'", name,
			    line->args.words[0], line->args.all ? "--all" : "--filter", name);

	for (; words[n].name; n++) {
		if (n >= line->args.n_words && !words[n].optional)
			return fail(err, VBC_E_ARG, "'%s' needs %s %s: see '%s --help'", name,
				    strchr("AEIO", words[n].name[0]) ? "an" : "a", words[n].name,
				    name);
	}
	/* What a script gets from a variable that is not set. */
	for (size_t i = 0; i < line->args.n_words; i++)
		if (!*line->args.words[i])
			return fail(err, VBC_E_ARG,
				    "'%s' cannot use an empty word: see '%s --help'", name, name);
	if (line->args.n_words > n && !(n && words[n - 1].many))
		return fail(err, VBC_E_ARG, "'%s' takes no '%s': see '%s --help'", name,
			    line->args.words[n], name);
	return 0;
}

static int line_check_required(const struct line *line, struct vbc_error *err)
{
	for (const struct opt *opt = line->cmd->opts; opt && opt->name; opt++) {
		if (opt->required && !opt_is_given(opt, &line->args)) {
			char *name FREE = line_name(line);

			return fail(err, VBC_E_ARG, "'%s' needs %s %s: see '%s --help'", name,
				    opt->name, opt->value, name);
		}
	}
	return 0;
}

int parse_complete(const struct line *line, struct vbc_error *err)
{
	char *name FREE = line_name(line);

	if (!line->noun)
		return fail(err, VBC_E_ARG, "no command given: see '%s --help'", name);
	if (!line->cmd)
		return fail(err, VBC_E_ARG, "'%s' needs a verb: see '%s --help'", name, name);
	int rc = line_check_words(line, err);

	return rc ? rc : line_check_required(line, err);
}
