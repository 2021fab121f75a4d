/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Time that only goes forward, short sleeps, and what passes for a date.
 */
#ifndef VBC_BASE_CLOCK_H
#define VBC_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The end of the year 9999, which is as far as formats of dates go. */
#define VBC_DATE_MAX_MS INT64_C(253402300799999)

/* Whether milliseconds since 1970 that somebody else tells are a date; sums of two never overflow.
 */
static inline bool vbc_is_date(int64_t utc_ms)
{
	return utc_ms > 0 && utc_ms <= VBC_DATE_MAX_MS;
}

static inline int64_t vbc_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline int64_t vbc_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline void vbc_sleep_ms(unsigned ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

#endif
