/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Programs that are run, how they end, and what becomes of their lines.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "prefix.h"
#include "process.h"
#include "tap.h"
#include "util.h"

static int run_script(const char *script)
{
	struct command command CLEANUP(command_done) = {.v = NULL};
	struct vbc_error err = {0};
	int status = -1;

	command_add(&command, "sh");
	command_add(&command, "-%c", 'c');
	command_add(&command, "%s", script);
	return process_run(&command, &status, &err) ? err.code : status;
}

static void test_ends(void)
{
	struct command command CLEANUP(command_done) = {.v = NULL};
	struct vbc_error err = {0};
	int status = -1;

	is_int(run_script("exit 0"), 0, "it ends well");
	is_int(run_script("exit 255"), 255, "it fails");
	is_int(run_script("kill -KILL $$"), 128 + SIGKILL, "it is killed");
	signal(SIGPIPE, SIG_IGN);
	is_int(run_script("kill -PIPE $$; exit 1"), 128 + SIGPIPE, "what is ignored here kills it");
	is_int(run_script("kill -TERM $PPID; exec sleep 20"), 128 + SIGTERM,
	       "SIGTERM is passed on");
	command_add(&command, "/none/of/that");
	is_int(process_run(&command, &status, &err), VBC_E_NOTFOUND, "it is not there");
	is_str(err.text, "cannot run /none/of/that: No such file or directory; is it installed?",
	       "which is said");
	is_int(status, -1, "the output is left alone");
}

/* What is written of these pieces, which come one after the other. */
static void is_written(const char *const *pieces, const char *wanted, const char *what)
{
	int ends[2] = {-1, -1};
	char *text = NULL;
	size_t size = 0;
	FILE *to = tmpfile();

	if (!to || pipe(ends))
		exit(1);
	struct prefixed stream = {.from = ends[0], .to = to, .name = "n\x1b"};

	for (; *pieces; pieces++) {
		if (write(ends[1], *pieces, strlen(*pieces)) < 0)
			exit(1);
		prefixed_read(&stream);
	}
	close(ends[1]);
	prefixed_read(&stream);
	is_int(stream.from, -1, "it has ended");
	size = (size_t)ftell(to);
	text = must(calloc(size + 1, 1));
	rewind(to);
	is_int(fread(text, 1, size, to), size, "its text is read");
	is_str(text, wanted, "%s", what);
	free(text);
	fclose(to);
}

static void test_lines(void)
{
	is_written((const char *const[]){"a\nb\n", NULL}, "n\\x1b: a\nn\\x1b: b\n", "two lines");
	is_written((const char *const[]){"a", "b", "c\n\nd", NULL},
		   "n\\x1b: abc\nn\\x1b: \nn\\x1b: d\n", "pieces, and a line without an end");
	is_written((const char *const[]){NULL}, "", "nothing");
}

static void test_long_line(void)
{
	enum { PIECE = 1000, PIECES = 100 };
	static char piece[PIECE + 1];
	const char *pieces[PIECES + 1] = {NULL};
	char *wanted = must(calloc(PIECE, PIECES + 1)), *at = wanted;

	memset(piece, 'x', PIECE);
	for (size_t i = 0; i < PIECES; i++)
		pieces[i] = piece;
	for (size_t left = (size_t)PIECE * PIECES, n; left; left -= n) {
		n = left < 65536 ? left : 65536;
		at += sprintf(at, "n\\x1b: ");
		memset(at, 'x', n);
		at += n;
		*at++ = '\n';
	}
	is_written(pieces, wanted, "a line that does not end is cut");
	free(wanted);
}

int main(void)
{
	test_ends();
	test_lines();
	test_long_line();
	return tap_done();
}
