/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Other programs that a command runs, like ssh: their words, and their ends.
 */
#ifndef TOOL_PROCESS_H
#define TOOL_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

struct vbc_error;

/* The words of a command line; v[n] is NULL once there is a word. */
struct command {
	char **v;
	size_t n;
};

/* Adds a word, made as printf() would. */
void command_add(struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void command_done(struct command *command);

/* What a program is given as its standard streams; -1: those of this command. */
struct streams {
	int in, out, err;
};

/*
 * Starts the program that the first word names, with the signals that this command ignores or
 * catches as they are by default. Errors: VBC_E_NOTFOUND.
 */
int process_start(const struct command *command, const struct streams *streams, pid_t *ret,
		  struct vbc_error *err);

/* Waits for its end. Returns its exit status, or 128 and the number of the signal that ended it. */
int process_end(pid_t pid);

/*
 * Runs it in the foreground: what the terminal's keys do is its own business, and SIGTERM is passed
 * on. *ret_status as of process_end(). Errors: as process_start().
 */
int process_run(const struct command *command, int *ret_status, struct vbc_error *err);

#endif
