/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a program gives a public function.
 */
#ifndef VBC_GIVEN_H
#define VBC_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error-private.h"

/* Whether one of these arguments is NULL, which none of them may be; `err` then names it. */
#define vbc_lacks(err, ...)                                                                        \
	vbc_lacks_any(err, #__VA_ARGS__, (const void *const[]){__VA_ARGS__},                       \
		      sizeof((const void *const[]){__VA_ARGS__}) / sizeof(void *))

/* `names` as they are written in the call: "host, name". */
bool vbc_lacks_any(struct vbc_error *err, const char *names, const void *const *given, size_t n);

/*
 * Takes over what stands in an options struct, if there is one. That of a program that was built
 * with an older header is shorter: what it does not know keeps its default.
 */
#define vbc_opts_read(to, opts) vbc_opts_copy(to, sizeof(*(to)), true ? (opts) : (to))

/* Its first member is its size. */
void vbc_opts_copy(void *to, size_t room, const void *opts);

#endif
