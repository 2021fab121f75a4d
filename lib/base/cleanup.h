/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clean-up at the end of a scope, by GCC's and Clang's cleanup attribute.
 */
#ifndef VBC_BASE_CLEANUP_H
#define VBC_BASE_CLEANUP_H

#include <stddef.h>
#include <stdlib.h>

#define VBC_CLEANUP(function) __attribute__((cleanup(function)))

static inline void vbc_cleanup_free(void *p)
{
	free(*(void **)p);
}

/* char *VBC_FREE name: freed when the scope is left. */
#define VBC_FREE VBC_CLEANUP(vbc_cleanup_free)

/* Hands the pointer over and forgets it, so that the clean-up leaves it alone. */
#define vbc_steal(p)                                                                               \
	__extension__({                                                                            \
		__typeof__(p) stolen_ = (p);                                                       \
		(p) = NULL;                                                                        \
		stolen_;                                                                           \
	})

#define VBC_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
