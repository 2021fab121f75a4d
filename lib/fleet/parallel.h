/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The same for many, at the same time.
 */
#ifndef VBC_FLEET_PARALLEL_H
#define VBC_FLEET_PARALLEL_H

#include <stddef.h>

#define VBC_PARALLEL_MAX 128

/*
 * Calls work(arg, i) once for each i below n, in up to VBC_PARALLEL_MAX threads, of which this one
 * is one and the others take no signals; with fewer where the system gives no more. Returns when
 * all have returned.
 */
void vbc_parallel(size_t n, void (*work)(void *arg, size_t i), void *arg);

#endif
