/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything that goes to stderr: errors, notes, the trace of calls, the progress line; and the
 * exit status. Also the signals, because Ctrl-C is answered by the same tick that draws.
 */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include <stdbool.h>

#include <vboxcloud/vboxcloud.h>

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_NO_HOST = 4, /* cannot connect or log on */
	EXIT_STOPPED = 5, /* timed out or cancelled   */
	EXIT_CONFLICT = 6
};

void report_init(bool quiet, bool verbose);

/* The exit status of a code of enum vbc_code. */
int exit_status(int code);

/* Prints one line: what went wrong, and what helps; with --verbose a second one with the details.
 */
void report_error(const struct vbc_error *err);

/* The same of what one of several hosts failed in. */
void report_error_on(const char *host, const struct vbc_error *err);

/* The same of one of several hosts, without which the others go on: a warning. */
void report_failure(const char *host, const struct vbc_error *err);

/* Print one line: what was done (not with --quiet), what the user should know. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The log function of a host handle. */
void report_log(void *data, int level, const char *line);

/*
 * For a call that may take long: a progress line when stderr is a terminal, and the first Ctrl-C
 * or SIGTERM cancels the call, the second ends the program. 0: no limit.
 */
struct vbc_wait begin_wait(unsigned timeout_s);

/* Of commands that do little and have no --timeout: signals end the program as always. */
extern const struct vbc_wait brief_wait;

#endif
