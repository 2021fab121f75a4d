/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Command lines: options anywhere, and one sentence for each mistake. The tables are this test's.
 */
#include <stdlib.h>

#include "parse.h"
#include "tap.h"
#include "util.h"
#include "would.h"

static const struct choice formats[] = {{"table", OUT_TABLE}, {"json", OUT_JSON}, {NULL, 0}};

const struct opt global_opts[] = {
	{.name = "--host", .value = "URL", OPT(host), .help = "the host"},
	{.name = "--output",
	 .letter = 'f',
	 .value = "FORMAT",
	 OPT_ONE_OF(output, formats),
	 .help = "the form"},
	{.name = "--help", .letter = 'h', OPT(help), .help = "help"},
	{.name = "--quiet", OPT(quiet), .help = "no notes"},
	{.name = NULL},
};

const struct opt change_opts[] = {
	{.name = "--dry-run", OPT(pretend), .help = "change nothing"},
	{.name = NULL},
};

static const struct opt make_opts[] = {
	{.name = "--image", .value = "IMAGE", OPT(image), .required = true, .help = "the image"},
	{.name = "-o", .value = "FILE", OPT(file), .help = "a file"},
	{.name = "--force", OPT(force), .help = "by force"},
	{.name = "--memory", .value = "SIZE", OPT_IN(memory_mib, OPT_MIB), .help = "memory"},
	{.name = "--disk", .value = "SIZE", OPT_IN(disk_gib, OPT_GIB), .help = "disk"},
	OPT_TIMEOUT,
	{.name = NULL},
};

static int nothing(struct ctx *ctx, const struct args *args)
{
	(void)ctx;
	(void)args;
	return 0;
}

static const struct cmd box_cmds[] = {
	{.name = "make",
	 .help = "make",
	 .words = {{.name = "NAME"}},
	 .opts = make_opts,
	 .run = nothing},
	{.name = "burn",
	 .also = {"rm", "fire"},
	 .old_name = "light",
	 .help = "burn",
	 .would = "burn %1 and %2 to %3",
	 .words = {{.name = "ITEM", .many = true}},
	 .run = nothing},
	{.name = NULL},
};

static const struct cmd tidy_cmds[] = {{.name = "", .help = "tidy", .run = nothing},
				       {.name = NULL}};

static const struct cmd node_cmds_here[] = {
	{.name = "peek", .help = "look at one", .words = {{.name = "NODE"}}},
	{.name = NULL},
};
const struct noun nouns[] = {{"box", "Boxes.", box_cmds},
			     {"tidy", "Tidy.", tidy_cmds},
			     {"node", "Nodes.", node_cmds_here},
			     {0}};

/* Parses words that end with NULL; what is wrong with them, or "". */
static struct line line;

static const char *parse(const char *const *words)
{
	static struct vbc_error err;
	size_t n = 0;

	while (words[n])
		n++;
	err = (struct vbc_error){0};
	free(line.args.words);
	if (!parse_line(words, n, &line, &err))
		parse_complete(&line, &err);
	return err.text;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void test_good(void)
{
	is_str(PARSE("box", "make", "web", "--image", "i"), "", "a plain line");
	ok(line.cmd == &box_cmds[0] && streq(line.args.image, "i") && line.args.n_words == 1,
	   "has its values");
	is_str(PARSE("--host", "h", "box", "--quiet", "make", "--image=i", "-oF", "web",
		     "--output=json"),
	       "", "options stand anywhere");
	ok(streq(line.args.host, "h") && line.args.quiet && streq(line.args.file, "F") &&
		   line.args.output == OUT_JSON,
	   "and are all read");
	is_str(PARSE("box", "make", "--timeout", "5", "--image=", "--", "--force"), "",
	       "after -- all are words");
	ok(!line.args.force && streq(line.args.words[0], "--force") && !*line.args.image &&
		   line.args.timeout_s == 5,
	   "and values may be empty");
	is_str(PARSE("box", "make", "-", "--image", "-", "-o", "-"), "", "- is a word");
	is_str(PARSE("box", "burn", "a", "b", "c"), "", "several words");
	is_int(line.args.n_words, 3, "are all there");
	is_str(PARSE("tidy"), "", "a noun can be the whole command");
	is_str(PARSE("peek", "x"), "", "a verb alone is one of a node's");
	ok(line.noun && streq(line.noun->name, "node") && line.cmd && line.args.n_words == 1,
	   "with its words");
	is_str(PARSE("pek"), "'vboxcloud' has no command 'pek': did you mean 'peek'?",
	       "one that is misspelt");
	is_str(PARSE("box", "make", "n", "--image", "a", "--image", "b"), "", "an option twice");
	is_str(line.args.image, "b", "has the last value");
}

static void test_names(void)
{
	is_str(PARSE("bix"), "'vboxcloud' has no command 'bix': did you mean 'box'?", "a noun");
	is_str(PARSE("elephant"), "'vboxcloud' has no command 'elephant': see 'vboxcloud --help'",
	       "an unlikely noun");
	is_str(PARSE("box", "mkae"), "'vboxcloud box' has no command 'mkae': did you mean 'make'?",
	       "a verb");
	is_str(PARSE("box", "make", "--imgae", "x"),
	       "'vboxcloud box make' has no option '--imgae': did you mean '--image'?",
	       "an option");
	is_str(PARSE("box", "make", "--time=3"),
	       "'vboxcloud box make' has no option '--time': did you mean '--timeout'?",
	       "an abbreviation");
	is_str(PARSE("--image", "x", "box", "make"),
	       "option '--image' belongs to a command: write it after that, as in "
	       "'vboxcloud box make --image'",
	       "an option before its command");
}

static void test_also(void)
{
	static const char *const names[] = {"burn", "rm", "fire", "light"};

	for (size_t i = 0; i < COUNT(names); i++) {
		is_str(PARSE("box", names[i], "a"), "", "burn as '%s'", names[i]);
		ok(line.cmd == &box_cmds[1], "is burn");
	}
	is_str(PARSE("box", "burn", "-f", "json", "a"), "", "an option's letter");
	ok(line.args.output == OUT_JSON, "and its value");
	is_str(PARSE("box", "burn", "-fjson", "-h", "a"), "", "both in one word");
	ok(line.args.output == OUT_JSON && line.args.help, "are read");
	is_str(PARSE("box", "burn", "-f"), "option '-f' needs a value: write '-f FORMAT'",
	       "a letter without its value");
	is_str(PARSE("box", "burn", "-hf", "a"), "option '-h' takes no value: write only '-h'",
	       "letters are not joined");
	is_str(PARSE("box", "burn", "-x", "a"),
	       "'vboxcloud box burn' has no option '-x': see 'vboxcloud box burn --help'",
	       "an unknown letter");
}

static void test_would(void)
{
	char *text;

	is_str(PARSE("box", "burn", "a", "b", "--dry-run"), "", "the option of changes");
	ok(line.args.pretend, "is read");
	text = would_text(line.cmd, &line.args, NULL);
	is_str(text, "burn 'a' and 'b' to", "what would be done");
	free(text);
	text = would_text(line.cmd, &line.args, "c");
	is_str(text, "burn 'c' and 'b' to", "for one of the words");
	free(text);
	is_str(PARSE("box", "burn", "a", "--dry-rum"),
	       "'vboxcloud box burn' has no option '--dry-rum': did you mean '--dry-run'?",
	       "misspelt");
	is_str(PARSE("box", "make", "n", "--image", "i", "--dry-run"),
	       "'vboxcloud box make' has no option '--dry-run': see 'vboxcloud box make --help'",
	       "of a command that changes nothing");
	is_str(PARSE("--dry-run", "box", "burn", "a"),
	       "option '--dry-run' belongs to a command: write it after that, as in "
	       "'vboxcloud box burn --dry-run'",
	       "before its command");
}

static void test_help(void)
{
	PARSE("help", "box", "make");
	ok(line.args.help && line.cmd == &box_cmds[0], "help NOUN VERB");
	PARSE("box", "help");
	ok(line.args.help && line.noun == &nouns[0] && !line.cmd, "NOUN help");
	PARSE("help");
	ok(line.args.help && !line.noun, "help");
	PARSE("box", "burn", "help");
	ok(!line.args.help && line.args.n_words == 1, "a thing called help");
	is_str(PARSE("help", "bix"), "'vboxcloud' has no command 'bix': did you mean 'box'?",
	       "help on what is not there");
}

static void test_values(void)
{
	is_str(PARSE("box", "make", "--image"),
	       "option '--image' needs a value: write '--image IMAGE'", "no value");
	is_str(PARSE("box", "make", "--image", "--force"),
	       "option '--image' needs a value: if '--force' is meant, write '--image=--force'",
	       "an option for a value");
	is_str(PARSE("box", "make", "--force=yes"),
	       "option '--force' takes no value: write only '--force'", "a value for a flag");
	is_str(PARSE("--output", "xml"),
	       "option '--output' cannot be 'xml': it must be table or json", "a choice");
	static const char *const bad[] = {
		"", "0", "-1", "+1", " 1", "1s", "1.5", "4000001", "99999999999999999999"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		char *want = format("option '--timeout' cannot be '%s': it must be a whole number "
				    "from 1 to 4000000",
				    bad[i]);

		is_str(PARSE("box", "make", "--timeout", bad[i]), want, "number '%s'", bad[i]);
		free(want);
	}
}

static void test_sizes(void)
{
	static const struct {
		const char *given;
		unsigned mib, gib; /* 0: it cannot be that */
	} sizes[] = {
		{"512", 512, 512},
		{"512M", 512, 0},
		{"2048m", 2048, 2},
		{"2G", 2048, 2},
		{"2gib", 2048, 2},
		{"1T", 1048576, 1024},
		{"3GB", 3072, 3},
		{"0", 0, 0},
		{"0G", 0, 0},
		{"1.5G", 0, 0},
		{"G", 0, 0},
		{"2X", 0, 0},
		{"-1", 0, 0},
		{" 1", 0, 0},
		{"2 G", 0, 0},
		{"", 0, 0},
		{"4096T", 0, 0},
		{"4294967295", 4294967295, 0},
		{"99999999999999999999", 0, 0},
	};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		char *memory = format("--memory=%s", sizes[i].given);
		char *disk = format("--disk=%s", sizes[i].given);

		ok(!*PARSE("box", "make", "n", "--image", "i", memory) == (sizes[i].mib != 0) &&
			   line.args.memory_mib == sizes[i].mib,
		   "%s of MiB", memory);
		ok(!*PARSE("box", "make", "n", "--image", "i", disk) == (sizes[i].gib != 0) &&
			   line.args.disk_gib == sizes[i].gib,
		   "%s of GiB", disk);
		free(memory);
		free(disk);
	}
	is_str(PARSE("box", "make", "--memory", "much"),
	       "option '--memory' cannot be 'much': it must be a size like 512M or 20G; a number "
	       "alone is MiB",
	       "no size");
	is_str(PARSE("box", "make", "--disk", "1500M"),
	       "option '--disk' cannot be '1500M': it must be whole GiB", "no whole size");
	is_str(PARSE("box", "make", "--disk", "9999999T"),
	       "option '--disk' cannot be '9999999T': that is too much", "too large a size");
}

static void test_words(void)
{
	is_str(parse((const char *const[]){NULL}), "no command given: see 'vboxcloud --help'",
	       "nothing");
	is_str(PARSE("box"), "'vboxcloud box' needs a verb: see 'vboxcloud box --help'", "no verb");
	is_str(PARSE("box", "make"),
	       "'vboxcloud box make' needs a NAME: see 'vboxcloud box make --help'", "no word");
	is_str(PARSE("box", "burn"),
	       "'vboxcloud box burn' needs an ITEM: see 'vboxcloud box burn --help'", "no item");
	is_str(PARSE("box", "make", "x"),
	       "'vboxcloud box make' needs --image IMAGE: see 'vboxcloud box make --help'",
	       "no required option");
	is_str(PARSE("box", "make", "x", "y", "--image", "i"),
	       "'vboxcloud box make' takes no 'y': see 'vboxcloud box make --help'",
	       "a word too many");
	is_str(PARSE("tidy", "up"), "'vboxcloud tidy' takes no 'up': see 'vboxcloud tidy --help'",
	       "a word for a command without");
	is_str(PARSE("box", "burn", "a", ""),
	       "'vboxcloud box burn' cannot use an empty word: see 'vboxcloud box burn --help'",
	       "an empty word");
}

int main(void)
{
	test_good();
	test_names();
	test_also();
	test_would();
	test_help();
	test_values();
	test_sizes();
	test_words();
	free(line.args.words);
	return tap_done();
}
