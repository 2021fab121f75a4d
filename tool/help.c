/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * --help, made from the tables.
 */
#include <ctype.h>
#include <stdlib.h>

#include "help.h"
#include "util.h"

enum { WIDTH = 80 };

/* Writes text broken between words; the first line begins where the others are indented to. */
static void help_write_wrapped(FILE *to, const char *text, int indent)
{
	int column = indent;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column > indent && column + 1 + length > WIDTH) {
			fprintf(to, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', to);
			column++;
		}
		fprintf(to, "%.*s", length, text);
		column += length;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

static void help_write_entry(FILE *to, const char *name, int width, const char *help)
{
	fprintf(to, "  %-*s  ", width, name);
	help_write_wrapped(to, help, 2 + width + 2);
}

static char *opt_format_name(const struct opt *opt)
{
	char *letter FREE = opt->letter ? format("-%c, ", opt->letter) : format("%s", "");

	return format("%s%s%s%s", letter, opt->name, opt->value ? " " : "",
		      opt->value ? opt->value : "");
}

static void help_write_opts(FILE *to, const struct opt *opts)
{
	int width = 0;

	for (const struct opt *opt = opts; opt->name; opt++) {
		char *name FREE = opt_format_name(opt);

		width = (int)strlen(name) > width ? (int)strlen(name) : width;
	}
	for (const struct opt *opt = opts; opt->name; opt++) {
		char *name FREE = opt_format_name(opt);

		help_write_entry(to, name, width, opt->help);
	}
}

static char *cmd_format_name(const struct noun *noun, const struct cmd *cmd)
{
	return format("%s%s%s", noun->name, *cmd->name ? " " : "", cmd->name);
}

static void help_write_also(FILE *to, const struct noun *noun, const struct cmd *cmd)
{
	for (size_t i = 0; i < COUNT(cmd->also) && cmd->also[i]; i++)
		fprintf(to, "%svboxcloud %s %s", i ? ", " : "\nThe same: ", noun->name,
			cmd->also[i]);
	if (cmd->also[0])
		fputc('\n', to);
}

static int cmds_measure_names(void)
{
	int width = 0;

	for (const struct noun *noun = nouns; noun->name; noun++) {
		for (const struct cmd *cmd = noun->cmds; cmd->name; cmd++) {
			char *name FREE = cmd_format_name(noun, cmd);

			width = (int)strlen(name) > width ? (int)strlen(name) : width;
		}
	}
	return width;
}

static void help_write_cmds(FILE *to, const struct noun *noun)
{
	int width = cmds_measure_names();

	for (const struct cmd *cmd = noun->cmds; cmd->name; cmd++) {
		char *name FREE = cmd_format_name(noun, cmd);

		help_write_entry(to, name, width, cmd->help);
	}
}

static void help_write_all(FILE *to)
{
	fputs("Usage: vboxcloud [OPTION...] NOUN VERB [OPTION...] [WORD...]\n\n"
	      "Virtual machines on VirtualBox hosts, through their web service.\n\n"
	      "Commands:\n",
	      to);
	for (const struct noun *noun = nouns; noun->name; noun++)
		help_write_cmds(to, noun);
	fputs("\nOptions of all commands that change something:\n", to);
	help_write_opts(to, change_opts);
	fputs("\nOptions of all commands:\n", to);
	help_write_opts(to, global_opts);
	fputs("\nNODE and IMAGE are ids or the beginnings of ids, or names that only one has.\n"
	      "'vboxcloud help NOUN VERB' describes one command, vboxcloud(1) hosts, passwords\n"
	      "and files. Every 'list' is also 'ls', every 'destroy' and 'delete' also 'rm'; a "
	      "verb\n"
	      "alone is that of node: 'vboxcloud ls', 'vboxcloud ssh NODE'.\n\n"
	      "Exit status: 0 done, 1 failed, 2 usage, 3 not found, 4 cannot connect or log on,\n"
	      "5 timed out or cancelled, 6 conflict (exists, busy, wrong state).\n",
	      to);
}

static void help_write_noun(FILE *to, const struct noun *noun)
{
	fprintf(to, "Usage: vboxcloud %s VERB [OPTION...] [WORD...]\n\n", noun->name);
	help_write_wrapped(to, noun->help, 0);
	fputs("\nCommands:\n", to);
	help_write_cmds(to, noun);
	fputs("\nOptions of all commands:\n", to);
	help_write_opts(to, global_opts);
}

static void help_write_cmd(FILE *to, const struct noun *noun, const struct cmd *cmd)
{
	char *name FREE = cmd_format_name(noun, cmd);

	fprintf(to, "Usage: vboxcloud %s", name);
	for (const struct word *word = cmd->words; word->name; word++)
		fprintf(to, word->optional ? " [%s]%s" : " %s%s", word->name,
			word->many ? "..." : "");
	for (const struct opt *opt = cmd->opts; opt && opt->name; opt++)
		if (opt->required)
			fprintf(to, " %s %s", opt->name, opt->value);
	char *help FREE = format("%c%s.", toupper(cmd->help[0]), cmd->help + 1);

	fputs(" [OPTION...]\n\n", to);
	help_write_wrapped(to, help, 0);
	if (cmd->more) {
		fputc('\n', to);
		help_write_wrapped(to, cmd->more, 0);
	}
	help_write_also(to, noun, cmd);
	if (cmd->opts) {
		fputs("\nOptions:\n", to);
		help_write_opts(to, cmd->opts);
	}
	if (cmd->would) {
		fputs("\nOptions of all commands that change something:\n", to);
		help_write_opts(to, change_opts);
	}
	fputs("\nOptions of all commands:\n", to);
	help_write_opts(to, global_opts);
}

void help_write(const struct line *line, FILE *to)
{
	if (!line->noun)
		help_write_all(to);
	else if (!line->cmd)
		help_write_noun(to, line->noun);
	else
		help_write_cmd(to, line->noun, line->cmd);
}

static void help_list_opts(FILE *to, const char *cmd, const struct opt *opts, const char *whose)
{
	for (; opts && opts->name; opts++) {
		char *name FREE = opt_format_name(opts);

		fprintf(to, "%s\t%s%s\n", cmd, name, whose);
	}
}

void help_list(FILE *to)
{
	help_list_opts(to, "", global_opts, "");
	for (const struct noun *noun = nouns; noun->name; noun++) {
		for (const struct cmd *cmd = noun->cmds; cmd->name; cmd++) {
			char *name FREE = cmd_format_name(noun, cmd);

			fprintf(to, "%s\n", name);
			help_list_opts(to, name, cmd->opts, "");
			if (cmd->would)
				help_list_opts(to, name, change_opts, "\tchange");
		}
	}
}
