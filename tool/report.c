/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lines on stderr and the exit status.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "hint.h"
#include "meter.h"
#include "report.h"
#include "text.h"
#include "util.h"

static bool is_quiet, is_verbose;

void report_init(bool quiet, bool verbose)
{
	is_quiet = quiet;
	is_verbose = verbose;
}

int exit_status(int code)
{
	static const int statuses[] = {
		[-VBC_OK] = EXIT_DONE,
		[-VBC_E_ARG] = EXIT_USAGE,
		[-VBC_E_NOMEM] = EXIT_FAILED,
		[-VBC_E_CONNECT] = EXIT_NO_HOST,
		[-VBC_E_TLS] = EXIT_NO_HOST,
		[-VBC_E_AUTH] = EXIT_NO_HOST,
		[-VBC_E_TIMEOUT] = EXIT_STOPPED,
		[-VBC_E_CANCELLED] = EXIT_STOPPED,
		[-VBC_E_PROTOCOL] = EXIT_NO_HOST,
		[-VBC_E_VERSION] = EXIT_FAILED,
		[-VBC_E_STALE] = EXIT_FAILED,
		[-VBC_E_NOTFOUND] = EXIT_NOT_FOUND,
		[-VBC_E_EXISTS] = EXIT_CONFLICT,
		[-VBC_E_BUSY] = EXIT_CONFLICT,
		[-VBC_E_STATE] = EXIT_CONFLICT,
		[-VBC_E_SPACE] = EXIT_FAILED,
		[-VBC_E_FAULT] = EXIT_FAILED,
		[-VBC_E_FETCH] = EXIT_FAILED,
		[-VBC_E_DRY_RUN] = EXIT_DONE,
	};

	return code <= 0 && (size_t)-code < COUNT(statuses) ? statuses[-code] : EXIT_FAILED;
}

/* Other threads of the library may log: a line is written in one piece. */
static void report_print_line_on(const char *kind, const char *host, const char *text)
{
	flockfile(stderr);
	meter_clear();
	fprintf(stderr, "vboxcloud: %s", kind);
	text_show(stderr, host);
	fputs(*host ? ": " : "", stderr);
	text_show(stderr, text);
	fputc('\n', stderr);
	funlockfile(stderr);
}

static void report_print_line(const char *kind, const char *text)
{
	report_print_line_on(kind, "", text);
}

__attribute__((format(printf, 2, 0))) static void report_print_args(const char *kind,
								    const char *fmt, va_list args)
{
	char *text FREE = NULL;

	report_print_line(kind, vasprintf(&text, fmt, args) < 0 ? fmt : text);
}

void note(const char *fmt, ...)
{
	va_list args;

	if (is_quiet)
		return;
	va_start(args, fmt);
	report_print_args("", fmt, args);
	va_end(args);
}

void warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report_print_args("warning: ", fmt, args);
	va_end(args);
}

void report_log(void *data, int level, const char *line)
{
	const char *host = data ? data : "";

	if (level <= 0)
		report_print_line_on("warning: ", host, line);
	else if (level == 1 ? !is_quiet : is_verbose)
		report_print_line_on("", host, line);
}

/* "VBC_E_BUSY, call IMachine_lockMachine, component SessionMachine, result 0x80bb0007" */
static char *error_describe(const struct vbc_error *err)
{
	char *text = NULL;
	size_t size;
	FILE *to = must(open_memstream(&text, &size));

	fputs(vbc_code_name(err->code), to);
	if (*err->call)
		fprintf(to, ", call %s", err->call);
	if (*err->component)
		fprintf(to, ", component %s", err->component);
	if (err->result)
		fprintf(to, ", result 0x%08" PRIx32, (uint32_t)err->result);
	if (err->http)
		fprintf(to, ", HTTP status %d", err->http);
	if (err->os)
		fprintf(to, ", system error %d", err->os);
	fclose(to);
	return must(text);
}

static void report_print_error(const char *kind, const char *host, const struct vbc_error *err)
{
	const char *hint = hint_text(vbc_error_hint(err));
	char *line FREE =
		format("%s%s%s%s%s", host, *host ? ": " : "", err->text, *hint ? "; " : "", hint);

	report_print_line(kind, line);
	if (is_verbose) {
		char *details FREE = error_describe(err);

		report_print_line("", details);
	}
}

void report_error(const struct vbc_error *err)
{
	report_print_error("", "", err);
}

void report_error_on(const char *host, const struct vbc_error *err)
{
	report_print_error("", host, err);
}

void report_failure(const char *host, const struct vbc_error *err)
{
	report_print_error("warning: ", host, err);
}

const struct vbc_wait brief_wait = {.timeout_ms = 600000};

struct vbc_wait begin_wait(unsigned timeout_s)
{
	struct vbc_wait wait = {.timeout_ms = timeout_s * 1000, .tick = meter_tick};

	meter_begin(!is_quiet);
	return wait;
}
