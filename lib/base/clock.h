/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Time that only goes forward, and short sleeps.
 */
#ifndef VBC_BASE_CLOCK_H
#define VBC_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

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
