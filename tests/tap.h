/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The whole test framework: plain TAP on stdout. A test program calls ok(), is_str(), is_int()
 * and ends with `return tap_done();`.
 */
#ifndef VBC_TESTS_TAP_H
#define VBC_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static bool tap_ok(bool good, const char *file,
								 int line, const char *format, ...)
{
	va_list args;

	printf("%s %d - ", good ? "ok" : "not ok", ++tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	if (!good) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

#define ok(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)

/* Compares, and shows both sides when they differ. */
#define is_str(got, want, ...)                                                                     \
	__extension__({                                                                            \
		const char *got_ = (got), *want_ = (want);                                         \
		bool same_ = got_ && want_ && strcmp(got_, want_) == 0;                            \
		tap_ok(same_, __FILE__, __LINE__, __VA_ARGS__);                                    \
		if (!same_)                                                                        \
			printf("#      got: '%s'\n# expected: '%s'\n", got_ ? got_ : "(null)",     \
			       want_ ? want_ : "(null)");                                          \
		same_;                                                                             \
	})

#define is_int(got, want, ...)                                                                     \
	__extension__({                                                                            \
		long long got_ = (long long)(got), want_ = (long long)(want);                      \
		tap_ok(got_ == want_, __FILE__, __LINE__, __VA_ARGS__);                            \
		if (got_ != want_)                                                                 \
			printf("#      got: %lld\n# expected: %lld\n", got_, want_);               \
		got_ == want_;                                                                     \
	})

/* A test that cannot run here; the reason is printed and counted as skipped, never as passed. */
__attribute__((unused)) static void tap_skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, what, why);
	fflush(stdout);
}

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
